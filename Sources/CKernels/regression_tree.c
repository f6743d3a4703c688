#include "regression_tree.h"

#include "vector_math.h"

enum { block = 64 };

// What a block of cuts gains; -1 where there is no cut. Without branches, so that the divisions are made side
// by side.
FOR_EVERY_MACHINE
static void cut_gains(
    const double *restrict values, const double *restrict left_weights, const double *restrict left_sums,
    size_t count, double weight, double sum, double minimum, double *restrict gains) {
  for (size_t i = 0; i < count; i++) {
    const double left_weight = left_weights[i], left_sum = left_sums[i];
    const double right_weight = weight - left_weight, right_sum = sum - left_sum;
    const double gain = left_sum * left_sum / left_weight + right_sum * right_sum / right_weight;
    const int is_cut = (values[i + 1] > values[i]) & (left_weight >= minimum) & (right_weight >= minimum);
    gains[i] = is_cut ? gain : -1;
  }
}

double tree_best_cut(
    const int32_t *order, size_t n, const double *column, const uint8_t *w, const double *y, double weight,
    double sum, double minimum, size_t *place) {
  double best = -1, left_weight = 0, left_sum = 0;
  double values[block + 1], left_weights[block], left_sums[block], gains[block];
  for (size_t first = 0; first + 1 < n; first += block) {
    const size_t count = n - 1 - first < block ? n - 1 - first : block;
    for (size_t i = 0; i < count; i++) {
      const int32_t row = order[first + i];
      values[i] = column[row];
      left_weights[i] = left_weight += w[row];
      left_sums[i] = left_sum += w[row] * y[row];
    }
    values[count] = column[order[first + count]];
    cut_gains(values, left_weights, left_sums, count, weight, sum, minimum, gains);
    for (size_t i = 0; i < count; i++) {
      if (gains[i] > best) {
        best = gains[i];
        *place = first + i + 1;
      }
    }
  }
  return best;
}

// Categories that are there, by ascending mean, equal ones by number.
static size_t sorted_categories(
    size_t count, const double *weights, const double *sums, uint8_t *categories, double *means) {
  size_t present = 0;
  for (size_t category = 0; category < count; category++) {
    if (!(weights[category] > 0)) continue;
    const double mean = sums[category] / weights[category];
    size_t place = present++;
    for (; place > 0 && means[place - 1] > mean; place--) {
      means[place] = means[place - 1];
      categories[place] = categories[place - 1];
    }
    means[place] = mean;
    categories[place] = (uint8_t)category;
  }
  return present;
}

double tree_best_partition(
    const int32_t *order, size_t n, const double *column, size_t count, const uint8_t *w, const double *y,
    double weight, double sum, double minimum, uint64_t *categories) {
  double weights[64] = {0}, sums[64] = {0}, means[64];
  uint8_t sorted[64];
  for (size_t i = 0; i < n; i++) {
    const int32_t row = order[i];
    const int k = (int)column[row];
    weights[k] += w[row];
    sums[k] += w[row] * y[row];
  }
  const size_t present = sorted_categories(count, weights, sums, sorted, means);
  double best = -1, left_weight = 0, left_sum = 0;
  uint64_t left = 0;
  for (size_t i = 0; i + 1 < present; i++) {
    left |= (uint64_t)1 << sorted[i];
    left_weight += weights[sorted[i]];
    left_sum += sums[sorted[i]];
    const double right_weight = weight - left_weight, right_sum = sum - left_sum;
    if (left_weight < minimum || right_weight < minimum) continue;
    const double gain = left_sum * left_sum / left_weight + right_sum * right_sum / right_weight;
    if (gain > best) {
      best = gain;
      *categories = left;
    }
  }
  return best;
}

// A numeric feature is in no list, and no category below the threshold of a list.
static inline uint32_t goes_left(const tree_node *node, double value) {
  const uint32_t listed = (uint32_t)(node->categories >> ((uint32_t)(int32_t)value & 63)) & 1;
  return listed | (value <= node->threshold);
}

void tree_mark_sides(
    const int32_t *order, size_t n, const double *column, const tree_node *node, uint8_t *sides) {
  for (size_t i = 0; i < n; i++) sides[order[i]] = (uint8_t)goes_left(node, column[order[i]]);
}

void tree_part(int32_t *order, size_t n, const uint8_t *sides, int32_t *spare) {
  size_t left = 0, right = 0;
  // Both written, one kept: without a branch that the processor would guess wrong half of the time.
  for (size_t i = 0; i < n; i++) {
    const int32_t row = order[i];
    const size_t side = sides[row];
    order[left] = row;
    spare[right] = row;
    left += side;
    right += 1 - side;
  }
  for (size_t i = 0; i < right; i++) order[left + i] = spare[i];
}

// Queries go down side by side, because each step of one waits for its node to arrive from memory; and without
// branches, because no step can be foretold.

static inline void find_leaves(
    const tree_node *nodes, const double *const *queries, size_t count, int32_t *leaves) {
  uint32_t open = 1;
  while (open) {
    open = 0;
    for (size_t i = 0; i < count; i++) {
      const tree_node *node = nodes + leaves[i];
      const uint32_t is_inner = node->feature >= 0;
      const double value = queries[i][is_inner ? node->feature : 0];
      leaves[i] = is_inner ? node->left + 1 - (int32_t)goes_left(node, value) : leaves[i];
      open |= is_inner;
    }
  }
}

void tree_find_leaves(
    const tree_node *nodes, int32_t start, const double *queries, size_t count, size_t d, int32_t *leaves) {
  for (size_t i = 0; i < count; i += lanes) {
    const size_t part = count - i < lanes ? count - i : lanes;
    const double *rows[lanes];
    for (size_t k = 0; k < part; k++) {
      rows[k] = queries + (i + k) * d;
      leaves[i + k] = start;
    }
    if (part == lanes) find_leaves(nodes, rows, lanes, leaves + i);
    else find_leaves(nodes, rows, part, leaves + i);
  }
}

static inline void add_moments(
    const double *means, const double *variances, const int32_t *leaves, size_t first, size_t count,
    tree_sums *sums) {
  for (size_t k = 0; k < count; k++) {
    const double mean = means[leaves[k]];
    sums->means[first + k] += mean;
    sums->squares[first + k] += mean * mean;
    sums->variances[first + k] += variances[leaves[k]];
  }
}

void tree_add_moments(
    const tree_node *nodes, const double *means, const double *variances, const double *queries, size_t d,
    tree_sums *sums) {
  int32_t leaves[lanes];
  for (size_t i = 0; i < sums->count; i += lanes) {
    const size_t part = sums->count - i < lanes ? sums->count - i : lanes;
    tree_find_leaves(nodes, 0, queries + i * d, part, d, leaves);
    add_moments(means, variances, leaves, i, part, sums);
  }
}

// The nodes that a query comes through; what lies deeper than this is found from the last of them.
enum { deepest = 64 };

typedef struct {
  int32_t nodes[deepest], siblings[deepest];
  size_t count;
  int32_t end;
} tree_path;

static tree_path path_of(const tree_node *nodes, const double *query) {
  tree_path path = {.count = 0, .end = 0};
  while (nodes[path.end].feature >= 0 && path.count < deepest) {
    const tree_node *node = nodes + path.end;
    const int32_t left = (int32_t)goes_left(node, query[node->feature]);
    path.nodes[path.count] = path.end;
    path.siblings[path.count++] = node->left + left;
    path.end = node->left + 1 - left;
  }
  return path;
}

// Where each query leaves the path, or the path's end.
static void leave_path(
    const tree_node *nodes, const tree_path *path, const double *queries, const int32_t *features,
    size_t count, size_t d, int32_t *places) {
  for (size_t i = 0; i < count;) {
    const int32_t feature = features[i];
    int32_t own[deepest], siblings[deepest];
    size_t own_count = 0;
    for (size_t p = 0; p < path->count; p++) {
      own[own_count] = path->nodes[p];
      siblings[own_count] = path->siblings[p];
      own_count += nodes[path->nodes[p]].feature == feature;
    }
    for (; i < count && features[i] == feature; i++) {
      const double value = queries[i * d + (size_t)feature];
      int32_t place = path->end;
      // From the last to the first, which stays: no branch that could be guessed wrong.
      for (size_t k = own_count; k-- > 0;) {
        const tree_node *node = nodes + own[k];
        const int32_t next = node->left + 1 - (int32_t)goes_left(node, value);
        place = next == siblings[k] ? next : place;
      }
      places[i] = place;
    }
  }
}

// All queries go on from their places to their leaves.
static void find_rest(
    const tree_node *nodes, const double *queries, size_t count, size_t d, int32_t *places) {
  size_t open[lanes], open_count = 0;
  for (size_t i = 0; i < count || open_count > 0; i++) {
    // The last few are made up to a full set by the first of them.
    open[open_count] = i < count ? i : open[0];
    open_count += i >= count || nodes[places[i]].feature >= 0;
    if (open_count < lanes) continue;
    const double *rows[lanes];
    int32_t leaves[lanes];
    for (size_t k = 0; k < lanes; k++) {
      rows[k] = queries + open[k] * d;
      leaves[k] = places[open[k]];
    }
    find_leaves(nodes, rows, lanes, leaves);
    for (size_t k = 0; k < lanes; k++) places[open[k]] = leaves[k];
    open_count = 0;
  }
}

void tree_add_neighbour_moments(
    const tree_node *nodes, const double *means, const double *variances, const double *bases,
    const size_t *ends, size_t base_count, const double *queries, const int32_t *features, size_t d,
    int32_t *leaves, tree_sums *sums) {
  size_t first = 0;
  for (size_t b = 0; b < base_count; b++) {
    const tree_path path = path_of(nodes, bases + b * d);
    leave_path(nodes, &path, queries + first * d, features + first, ends[b] - first, d, leaves + first);
    first = ends[b];
  }
  find_rest(nodes, queries, sums->count, d, leaves);
  add_moments(means, variances, leaves, 0, sums->count, sums);
}

void tree_leaf_moments(
    const int32_t *leaves, const uint8_t *w, const double *y, size_t n, size_t node_count, double *weights,
    double *means, double *variances) {
  for (size_t i = 0; i < node_count; i++) weights[i] = means[i] = variances[i] = 0;
  for (size_t i = 0; i < n; i++) {
    // A row that does not count has no leaf, and adds nothing to the root.
    const int32_t leaf = w[i] ? leaves[i] : 0;
    weights[leaf] += w[i];
    means[leaf] += w[i] * y[i];
    variances[leaf] += w[i] * y[i] * y[i];
  }
  for (size_t i = 0; i < node_count; i++) {
    const double weight = weights[i] > 0 ? weights[i] : 1;
    means[i] /= weight;
    const double variance = variances[i] / weight - means[i] * means[i];
    variances[i] = variance > 0 ? variance : 0;
  }
}
