"""Makes the golden file of the expected hypervolume improvement's tests, beside itself.

Needs botorch; made with botorch 0.18.1.
"""

import json
import os

import torch
from botorch.acquisition.multi_objective.analytic import ExpectedHypervolumeImprovement
from botorch.utils.multi_objective.box_decompositions.non_dominated import NondominatedPartitioning
from botorch.utils.testing import MockModel, MockPosterior

here = os.path.dirname(os.path.abspath(__file__))
torch.set_default_dtype(torch.float64)


def case(objectives, members, seed):
    torch.manual_seed(seed)
    front = torch.rand(members, objectives)
    reference = torch.full((objectives,), 1.1)
    means = torch.rand(8, objectives) * 1.2
    deviations = 0.02 + 0.5 * torch.rand(8, objectives)
    # botorch maximizes.
    partitioning = NondominatedPartitioning(ref_point=-reference, Y=-front)
    values = []
    for mean, deviation in zip(means, deviations):
        posterior = MockPosterior(mean=-mean.view(1, 1, -1), variance=(deviation**2).view(1, 1, -1))
        acquisition = ExpectedHypervolumeImprovement(MockModel(posterior), (-reference).tolist(), partitioning)
        values.append(acquisition(torch.zeros(1, 1, 1)).item())
    return {
        "front": front.tolist(),
        "reference": reference.tolist(),
        "means": means.tolist(),
        "deviations": deviations.tolist(),
        "values": values,
    }


with open(os.path.join(here, "hypervolume-improvement.json"), "w") as file:
    json.dump([case(2, 1, 1), case(2, 12, 2), case(3, 1, 3), case(3, 15, 4)], file, indent=1)
    file.write("\n")
