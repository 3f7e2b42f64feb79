"""MNAD prediction in PyTorch: the network, losses, memory update and optimizer that the benchmark compares with.

Takes an order as JSON, the one of bench/engine/order.ts, measures it and prints the timing as JSON. The layers are
eager PyTorch as anyone would write them, in NCHW, which was faster here than channels_last.
"""

import json
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

ITEMS = 10
WIDTH = 64
GATE = 0.01


def conv(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]


def basic(inputs, outputs):
    return nn.Sequential(*conv(inputs, outputs), *conv(outputs, outputs))


def up(inputs, outputs):
    upsample = nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=1)
    return nn.Sequential(upsample, nn.BatchNorm2d(outputs), nn.ReLU())


class Network(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.conv1 = basic(12, w)
        self.conv2 = basic(w, 2 * w)
        self.conv3 = basic(2 * w, 4 * w)
        self.conv4 = nn.Sequential(*conv(4 * w, 8 * w), nn.Conv2d(8 * w, 8 * w, 3, padding=1))
        self.deconv4, self.up4 = basic(16 * w, 8 * w), up(8 * w, 4 * w)
        self.deconv3, self.up3 = basic(8 * w, 4 * w), up(4 * w, 2 * w)
        self.deconv2, self.up2 = basic(4 * w, 2 * w), up(2 * w, w)
        last = nn.Conv2d(w, 3, 3, padding=1)
        self.deconv1 = nn.Sequential(*conv(2 * w, w), *conv(w, w), last, nn.Tanh())

    def encode(self, frames):
        skip1 = self.conv1(frames)
        skip2 = self.conv2(F.max_pool2d(skip1, 2))
        skip3 = self.conv3(F.max_pool2d(skip2, 2))
        return self.conv4(F.max_pool2d(skip3, 2)), (skip1, skip2, skip3)

    def decode(self, memory, skips):
        skip1, skip2, skip3 = skips
        x = self.up4(self.deconv4(memory))
        x = self.up3(self.deconv3(torch.cat([skip3, x], 1)))
        x = self.up2(self.deconv2(torch.cat([skip2, x], 1)))
        return self.deconv1(torch.cat([skip1, x], 1))


class Memory:
    """Q: queries [N, C], K: items [M, C], both of unit rows. K is not trained by gradient."""

    def __init__(self, channels):
        self.items = F.normalize(torch.rand(ITEMS, channels), dim=1)

    def read(self, features):
        """The decoder's input, and what the losses and the update need."""
        batch, channels, height, width = features.shape
        queries = F.normalize(features, dim=1).permute(0, 2, 3, 1).reshape(-1, channels)
        with torch.no_grad():
            similarity = queries @ self.items.t()
            shares = similarity.softmax(1)
            ranks = shares.topk(2, 1).indices
            found = shares @ self.items
        joined = torch.cat([queries, found], 1).reshape(batch, height, width, 2 * channels)
        return joined.permute(0, 3, 1, 2).contiguous(), queries, similarity, ranks

    def compactness(self, queries, ranks):
        return F.mse_loss(queries, self.items[ranks[:, 0]])

    def separateness(self, queries, ranks):
        nearest, second = self.items[ranks[:, 0]], self.items[ranks[:, 1]]
        return F.triplet_margin_loss(queries, nearest, second, margin=1.0, eps=1e-6)

    @torch.no_grad()
    def update(self, queries, similarity, ranks):
        weights = (similarity - similarity.max(0).values).exp()
        nearest = F.one_hot(ranks[:, 0], ITEMS)
        self.items = F.normalize((weights * nearest).t() @ queries + self.items, dim=1)


def to_network_range(pixels):
    return pixels / 127.5 - 1


def training_step(network, memory, frames, target):
    network.train()
    optimizer = torch.optim.Adam(network.parameters(), 2e-4)

    def step():
        optimizer.zero_grad()
        features, skips = network.encode(to_network_range(frames))
        joined, queries, similarity, ranks = memory.read(features)
        output = network.decode(joined, skips)
        loss = F.mse_loss(output, to_network_range(target))
        loss = loss + 0.1 * memory.compactness(queries, ranks) + 0.1 * memory.separateness(queries, ranks)
        loss.backward()
        optimizer.step()
        memory.update(queries.detach(), similarity, ranks)
        return loss.item()

    return step


def scoring_step(network, memory, frames, target):
    network.eval()

    @torch.no_grad()
    def step():
        features, skips = network.encode(to_network_range(frames))
        joined, queries, similarity, ranks = memory.read(features)
        difference = (network.decode(joined, skips) - to_network_range(target)) / 2
        errors = difference.square()
        weights = 1 - torch.exp(-errors)
        regular = ((weights * errors).sum() / weights.sum()).item()
        if regular < GATE:
            memory.update(queries, similarity, ranks)
        error_map = difference.abs().mean(1)
        return errors.mean().item(), memory.compactness(queries, ranks).item(), regular, error_map

    return step


def time_steps(order, step):
    for _ in range(order["warmUpSteps"]):
        step()
    times = []
    while len(times) < order["leastSteps"] or sum(times) < 1000 * order["leastSeconds"]:
        started = time.perf_counter()
        step()
        times.append(1000 * (time.perf_counter() - started))
    return times


def main():
    order = json.loads(sys.argv[1])
    torch.manual_seed(0)
    torch.set_num_threads(order["threads"])
    batch, size = order["batch"], order["size"]
    network, memory = Network(WIDTH), Memory(8 * WIDTH)
    frames = 255 * torch.rand(batch, 12, size, size)
    target = 255 * torch.rand(batch, 3, size, size)
    make = {"train": training_step, "score": scoring_step}[order["work"]]
    times = time_steps(order, make(network, memory, frames, target))
    timing = {
        "description": f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads",
        "stepMs": times,
        "compileMs": None,
        "peakMemoryMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "parameterCount": sum(parameter.numel() for parameter in network.parameters()),
    }
    print(json.dumps(timing))


main()
