// Gradients of TensorFlow.js 4.22 that are missing or wrong, mended for the whole process. Each is checked against central
// differences by the tests.
import "./mended/elementwise.ts";
import "./mended/mat-mul.ts";
import "./mended/resize.ts";
import "./mended/shape.ts";
import "./mended/window.ts";
