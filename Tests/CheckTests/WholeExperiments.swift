extension BaseExperiments {
  /// Other models, data and spaces.
  static func wholes(_ folder: String, plugin: String) -> [String] {
    let space = """
      search:
        budget_unit: steps
        space:
          optimizer: {type: categorical, choices: [sgd, lamb]}
          learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log, prior: {value: 0.01, deviation: 0.2}}
          momentum: {type: float, low: 0.1, high: 0.9, scale: logit, when: {optimizer: sgd}}
          decay: {type: fixed, value: cosine}
          final_fraction: {type: float, low: 0, high: 1, when: {decay: cosine, learning_rate: {low: 0.002, high: 0.09}}}
      """
    return [
      """
      study: images
      data: {kind: idx, images: FOLDER/images.idx, labels: FOLDER/labels.idx}
      model: {kind: resnet, depth: 8, width: 2, activation: silu, normalization: batch, norm_groups: 1, norm_momentum: 0.2, norm_epsilon: 1e-4, preactivation: true, squeeze: 2, stochastic_depth: 0.2, batch_statistics: ghost, ghost_batch: 2, initialization: orthogonal, initialization_gain: 1.5}
      training:
        optimizer: lamb
        schedule: {warmup: 1, decay: cosine, length: 20}
        batch_size: 12
        sampling: balanced
        class_weights: [1, 2.5, 1]
        augmentation_strength: 0.5
        shift: 0.1
        flip: 0.5
        crop: 0.2
        rotation: 10
        cutout: 0.3
        mixup: 0.2
        cutmix: 1
      \(space)
          depth: {type: ordinal, values: [8, 14]}
          width: {type: integer, low: 2, high: 6}
          resolution: {type: float, low: 0.5, high: 1}
        scheduler: {kind: asha, trials: 6, maximum_budget: 4}
      resources: {ranks_per_trial: 3}
      """,
      """
      study: pictures
      data: {kind: idx, images: FOLDER/images.idx, labels: FOLDER/labels.idx}
      model: {kind: cnn, width: 2, growth: 1.5, blocks: 2, convolutions: 1, kernel: 3, activation: silu, normalization: group, norm_groups: 1, norm_momentum: 0.2, norm_epsilon: 1e-4, pooling: average, classifier_width: 4, sees_pixels: true, dropout: 0.1}
      training: {batch_size: 12, epoch_tail: spread}
      \(space)
          kernel: {type: ordinal, values: [1, 3]}
          blocks: {type: integer, low: 1, high: 3}
        scheduler: {kind: asha, trials: 6, maximum_budget: 4}
      """,
      """
      study: own
      data: {kind: idx, images: FOLDER/images.idx, labels: FOLDER/labels.idx}
      model: {kind: torchscript, path: FOLDER/own.pt}
      training: {batch_size: 12}
      \(space)
        scheduler: {kind: asha, trials: 6, maximum_budget: 4}
      """,
      """
      study: program
      data: {kind: idx, images: FOLDER/images.idx, labels: FOLDER/labels.idx}
      model: {kind: exported, path: FOLDER/own.pt2}
      training: {batch_size: 12}
      \(space)
        scheduler: {kind: asha, trials: 6, maximum_budget: 4}
      """,
      """
      study: table
      objective: {metric: dev_loss, goal: minimize}
      data: {kind: hdf5, path: FOLDER/table.h5, samples: samples, labels: labels, task: classification, on_demand: true, split: {train: 0.6, dev: 0.3, second_dev: 0.1, test: 0}}
      model: {kind: mlp, hidden: [4, 4]}
      training:
        schedule: {warmup: 1, warmup_shape: exponential, decay: sequence, length: 9, phases: [{decay: constant, length: 1}, {decay: cosine_restarts, cycle_length: 1, length: 3, scale: 0.5}, {decay: one_cycle}]}
        batch_size: 8
        accumulation: 2
      \(space)
          hidden_layers: {type: integer, low: 1, high: 3}
          hidden_width: {type: integer, low: 2, high: 9, scale: log}
          hidden_width_2: {type: ordinal, values: [2, 4], when: {hidden_layers: {low: 2}}}
          activation: {type: categorical, choices: [relu, gelu]}
        scheduler: {kind: hyperband, maximum_budget: 4, reduction: 2}
      """,
      """
      study: columns
      objective: {metric: dev_r2, goal: maximize}
      limits: {dev_rmse: {at_most: 1000}}
      curves: [dev_mae, dev_worst_group_mse]
      data:
        kind: csv
        path: FOLDER/table.csv
        target: [y, z]
        task: regression
        ignore: [id]
        categories: [code]
        delimiter: ;
        header: true
        missing: mean
        group_column: code
        test: {path: FOLDER/table.csv}
        dev: {path: FOLDER/table.csv}
        split: {train: 0.8, dev: 0.1, test: 0.1, by: group, column: code}
      model: {kind: tabular, width: 4, blocks: 1, hidden_factor: 1.5, residual_dropout: 0.1, embedding_width: 2}
      training: {loss: huber, batch_size: 16}
      search:
        budget_unit: steps
        space: {learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}}
        scheduler: {kind: asha, trials: 4, maximum_budget: 4}
      """,
      """
      study: features
      objective: {metric: dev_r2, goal: maximize}
      data: {kind: csv, path: FOLDER/table.csv, target: [y, z], task: regression, ignore: [id], categories: [code], delimiter: ;, missing: median}
      model: {kind: mlp, hidden: [4]}
      training: {batch_size: 8, feature_scaling: robust, feature_degree: 2, feature_components: 2, unused_columns: [code]}
      search:
        budget_unit: steps
        space: {learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}, use_code: {type: categorical, choices: [true, false]}}
        scheduler: {kind: asha, trials: 4, maximum_budget: 4}
      """,
      """
      study: photographs
      data:
        kind: images
        path: FOLDER/folder
        height: 6
        width: 5
        color: false
        dev: {path: FOLDER/folder}
        test: {path: FOLDER/folder}
      model: {kind: mlp, hidden: [4]}
      training: {batch_size: 8}
      search:
        budget_unit: steps
        space: {learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}}
        scheduler: {kind: asha, trials: 4, maximum_budget: 4}
      """,
      """
      study: arrays
      curves: [dev_f1_macro, dev_auc]
      data:
        kind: npy
        samples: FOLDER/samples.npy
        labels: FOLDER/labels.npy
        task: classification
        dev: {samples: FOLDER/samples.npy, labels: FOLDER/labels.npy}
        test: {samples: FOLDER/samples.npy, labels: FOLDER/labels.npy}
      model: {kind: mlp, hidden: [4]}
      training: {batch_size: 8}
      search:
        budget_unit: steps
        space: {learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}}
        scheduler: {kind: full, trials: 4, budget: 4}
      """,
      """
      study: archive
      data:
        kind: npz
        path: FOLDER/arrays.npz
        samples: samples
        labels: labels
        task: regression
        dev: {path: FOLDER/arrays.npz, samples: samples, labels: labels}
        test: {path: FOLDER/arrays.npz, samples: samples, labels: labels}
      model: {kind: mlp, hidden: [4]}
      training: {batch_size: 2, loss: mae}
      search:
        budget_unit: steps
        space: {learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}}
        scheduler: {kind: full, trials: 4, budget: 4}
      """,
      """
      study: parts
      data:
        kind: idx
        images: FOLDER/images.idx
        labels: FOLDER/labels.idx
        dev: {images: FOLDER/images.idx, labels: FOLDER/labels.idx}
        test: {images: FOLDER/images.idx, labels: FOLDER/labels.idx}
      training: {batch_size: 8}
      search:
        budget_unit: steps
        space: {learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}}
        scheduler: {kind: full, trials: 4, budget: 4}
      """,
      """
      study: measured
      data:
        kind: hdf5
        path: FOLDER/table.h5
        task: regression
        dev: {path: FOLDER/table.h5, samples: samples, labels: labels}
        test: {path: FOLDER/table.h5, samples: samples, labels: labels}
      training: {batch_size: 8}
      search:
        budget_unit: steps
        space: {learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}}
        scheduler: {kind: full, trials: 4, budget: 4}
      """,
      """
      study: letters
      data: {kind: text, path: FOLDER/text.txt, context_length: 8}
      model: {kind: transformer, layers: 1, heads: 2, width: 8, dropout: 0, attention_dropout: 0.1, head_width: 4, feedforward_ratio: 2, gated: true, activation: silu, normalization: rms, norm_place: sandwich, positions: rotary, tied_head: true}
      training: {optimizer: {kind: sgd, momentum: 0.5}, batch_size: 8, schedule: {patience: 2, measured_every: 4}}
      \(space)
          heads: {type: categorical, choices: [1, 2, 4]}
          width: {type: integer, low: 8, high: 24, step: 8}
          data_share: {type: float, low: 0.5, high: 1}
        sampler: random
        scheduler: {kind: pbt, population: 3, generations: 3, interval: 2, exploit: tournament, explore: perturb}
      """,
      """
      study: program
      objective: {metric: loss, goal: minimize}
      trainee:
        kind: command
        command: [sh, train.sh, --rate, "{rate}", --layers, "{layers}", "{budget}", "{state}"]
        dialogue: false
        processes: rank
        metrics: [loss, accuracy]
        settings: {layers: 3}
        fixed: [layers]
        environment: {MODE: fast}
        directory: FOLDER
        state: true
        host_suffix: i
        limits: {seconds_to_start: 10, seconds_of_silence: 20, seconds: 30, mebibytes: 500, failures_in_a_row: 9}
      search:
        space: {rate: {type: float, low: 0.1, high: 1, scale: log}}
        sampler: random
        scheduler: {kind: pbt, population: 3, generations: 3, interval: 1}
      """,
      """
      study: printed
      objective: {metric: loss, goal: minimize}
      trainee:
        command: [sh, train.sh, "{rate}", "{budget}"]
        metrics: {loss: 'loss (\\S+)'}
      search:
        space: {rate: {type: float, low: 0.1, high: 1, scale: log}}
        sampler: random
        scheduler: {kind: full, trials: 4, budget: 4}
      """,
      """
      study: plug-in
      objective: {metric: residual, goal: minimize}
      trainee:
        kind: plugin
        library: PLUGIN
        metrics: [residual]
        settings: {size: 16}
        fixed: [size]
        state: true
      search:
        space: {damping: {type: float, low: 0.1, high: 1}}
        sampler: random
        scheduler: {kind: pbt, population: 3, generations: 3, interval: 1}
      """,
    ].map { $0.replacing("FOLDER", with: folder).replacing("PLUGIN", with: plugin) }
  }
}
