/** ioredis hangs a failed command on its error, arguments and all: where signing in fails, the password. */
export function withoutCommand(err: Error): Error {
  Reflect.deleteProperty(err, "command");
  return err;
}
