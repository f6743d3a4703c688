"""An agent learns to balance a pole on a cart, by policy gradients.

Alone it learns once: python3 train.py --budget 10
"""

import numpy as np
import tuner_mpi

EPISODES, STEPS = 32, 200  # played at once, and the longest
UPDATES = 5  # in a unit of budget


class CartPoles:
    """The cart-pole of Barto, Sutton and Anderson (1983), many of them at once.

    A state is the cart's place and speed, and the pole's angle and speed.
    """

    FORCE, LENGTH, POLE, TOTAL, SECONDS, GRAVITY = 10.0, 0.5, 0.1, 1.1, 0.02, 9.8

    def __init__(self, random):
        self.states = random.uniform(-0.05, 0.05, (EPISODES, 4))
        self.alive = np.ones(EPISODES, bool)

    def step(self, rightwards):
        """Pushes each cart; afterwards `alive` says which poles still stand."""
        _, speed, angle, turn = self.states.T
        push = np.where(rightwards, self.FORCE, -self.FORCE)
        swing = (push + self.POLE * self.LENGTH * turn**2 * np.sin(angle)) / self.TOTAL
        inertia = self.LENGTH * (4 / 3 - self.POLE * np.cos(angle) ** 2 / self.TOTAL)
        bend = (self.GRAVITY * np.sin(angle) - np.cos(angle) * swing) / inertia
        shift = swing - self.POLE * self.LENGTH * bend * np.cos(angle) / self.TOTAL
        self.states = self.states + self.SECONDS * np.stack([speed, shift, turn, bend], 1)
        self.alive &= (abs(self.states[:, 0]) < 2.4) & (abs(self.states[:, 2]) < np.radians(12))


class Agent:
    """Pushes to the right with the probability that a network says; learns by REINFORCE (Williams, 1992)."""

    def __init__(self, random):
        self.random = random
        self.weights = {"hidden": random.normal(0, 0.5, (5, 16)), "output": np.zeros(16)}
        self.moments = {name: np.zeros_like(weight) for name, weight in self.weights.items()}
        self.learning_rate = self.discount = self.entropy_bonus = 0.0

    def look(self, states):
        """The states with a constant 1, what the hidden layer makes of them, and the probability."""
        inputs = np.concatenate([states * [0.5, 0.5, 5, 1], np.ones((*states.shape[:-1], 1))], -1)
        hidden = np.tanh(inputs @ self.weights["hidden"])
        return inputs, hidden, 1 / (1 + np.exp(-hidden @ self.weights["output"]))

    def play(self):
        """Episodes to their end: states, pushes and whether the pole stood, each [step, episode, ...]."""
        poles, memory = CartPoles(self.random), []
        for _ in range(STEPS):
            rightwards = self.random.random(EPISODES) < self.look(poles.states)[2]
            memory.append((poles.states, rightwards, poles.alive.copy()))
            poles.step(rightwards)
            if not poles.alive.any():
                break
        return [np.array(values) for values in zip(*memory)]

    def learn(self, states, rightwards, alive):
        returns = alive.astype(float)
        for step in range(len(returns) - 2, -1, -1):
            returns[step] += self.discount * returns[step + 1]
        count = np.maximum(alive.sum(1, keepdims=True), 1)
        advantage = np.where(alive, returns - (returns * alive).sum(1, keepdims=True) / count, 0)
        advantage /= advantage.std() + 1e-8

        inputs, hidden, p = self.look(states)
        score = advantage * (rightwards - p)
        # The derivative of the policy's entropy by what goes into the sigmoid.
        score -= self.entropy_bonus * alive * (hidden @ self.weights["output"]) * p * (1 - p)
        back = score[..., None] * self.weights["output"] * (1 - hidden**2)
        gradients = {
            "hidden": np.einsum("tei,teh->ih", inputs, back), "output": np.einsum("te,teh->h", score, hidden)
        }  # fmt: skip
        for name, gradient in gradients.items():
            self.moments[name] = 0.9 * self.moments[name] + gradient / alive.sum()
            self.weights[name] += self.learning_rate * self.moments[name]

    def get_state(self):
        return {"weights": self.weights, "moments": self.moments, "random": self.random.bit_generator.state}

    def set_state(self, state):
        self.weights, self.moments = state["weights"], state["moments"]
        self.random.bit_generator.state = state["random"]


def main():
    for trial in tuner_mpi.trials(learning_rate=0.03, discount=0.98, entropy_bonus=0.01):
        agent = Agent(np.random.default_rng(trial.seed))
        trial.state(agent=(agent.get_state, agent.set_state))
        for _ in trial.budgets():
            agent.learning_rate = trial["learning_rate"]
            agent.discount = trial["discount"]
            agent.entropy_bonus = trial["entropy_bonus"]
            trial.in_force(
                learning_rate=agent.learning_rate, discount=agent.discount, entropy_bonus=agent.entropy_bonus
            )
            for _ in range(UPDATES):
                agent.learn(*agent.play())
            trial.report(mean_return=agent.play()[2].sum(0).mean())


if __name__ == "__main__":
    main()
