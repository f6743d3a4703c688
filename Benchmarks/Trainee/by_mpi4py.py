"""Population based training as one writes it by hand with mpi4py: members divided over the ranks, nothing saved."""

import copy
import random

import torch
from mpi4py import MPI
from study import DECAYS, GENERATIONS, MEMBERS, RATES, accuracy, data, epoch, network

world = MPI.COMM_WORLD
images, labels, dev_images, dev_labels = data()
random.seed(world.rank)


def draw(low: float, high: float) -> float:
    return low * (high / low) ** random.random()


members = {}
for number in range(world.rank, MEMBERS, world.size):
    model = network()
    optimizer = torch.optim.AdamW(model.parameters(), lr=draw(*RATES), weight_decay=draw(*DECAYS))
    members[number] = (model, optimizer)

for generation in range(GENERATIONS):
    mine = {}
    for number, (model, optimizer) in members.items():
        epoch(model, optimizer, images, labels)
        mine[number] = accuracy(model, dev_images, dev_labels)
    scores = {number: score for part in world.allgather(mine) for number, score in part.items()}
    ranking = sorted(scores, key=scores.get)
    quarter = MEMBERS // 4
    for loser, winner in zip(ranking[:quarter], ranking[-quarter:]):
        source, target = winner % world.size, loser % world.size
        state = None
        if world.rank == source:
            model, optimizer = members[winner]
            state = (model.state_dict(), optimizer.state_dict())
            if source != target:
                world.send(state, dest=target, tag=loser)
        if world.rank == target:
            if source != target:
                state = world.recv(source=source, tag=loser)
            model, optimizer = members[loser]
            weights, memory = copy.deepcopy(state)
            model.load_state_dict(weights)
            optimizer.load_state_dict(memory)
            for group in optimizer.param_groups:
                group["lr"] *= random.choice([0.8, 1.25])
                group["weight_decay"] *= random.choice([0.8, 1.25])

if world.rank == 0:
    print(f"best {max(scores.values()):.4f}")
