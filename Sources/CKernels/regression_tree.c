#include "regression_tree.h"

double tree_best_cut(
    const int32_t *order, size_t n, const double *column, const uint8_t *w, const double *y, double weight,
    double sum, double minimum, size_t *place) {
  double best = -1, left_weight = 0, left_sum = 0;
  double value = column[order[0]];
  for (size_t i = 0; i + 1 < n; i++) {
    const int32_t row = order[i];
    left_weight += w[row];
    left_sum += w[row] * y[row];
    const double next = column[order[i + 1]];
    const int is_cut = next > value;
    value = next;
    if (!is_cut || left_weight < minimum || weight - left_weight < minimum) continue;
    const double right_sum = sum - left_sum;
    const double gain = left_sum * left_sum / left_weight + right_sum * right_sum / (weight - left_weight);
    if (gain > best) {
      best = gain;
      *place = i + 1;
    }
  }
  return best;
}

void tree_sum_categories(
    const int32_t *order, size_t n, const double *column, const uint8_t *w, const double *y, double *weights,
    double *sums) {
  for (size_t i = 0; i < n; i++) {
    const int32_t row = order[i];
    const int k = (int)column[row];
    weights[k] += w[row];
    sums[k] += w[row] * y[row];
  }
}

static inline int is_left(const tree_node *node, double value) {
  return node->categories ? (int)(node->categories >> (int)value & 1) : value <= node->threshold;
}

void tree_mark_sides(
    const int32_t *order, size_t n, const double *column, const tree_node *node, uint8_t *goes_left) {
  for (size_t i = 0; i < n; i++) goes_left[order[i]] = (uint8_t)is_left(node, column[order[i]]);
}

void tree_part(int32_t *order, size_t n, const uint8_t *goes_left, int32_t *spare) {
  size_t left = 0, right = 0;
  // Both written, one kept: without a branch that the processor would guess wrong half of the time.
  for (size_t i = 0; i < n; i++) {
    const int32_t row = order[i];
    const size_t side = goes_left[row];
    order[left] = row;
    spare[right] = row;
    left += side;
    right += 1 - side;
  }
  for (size_t i = 0; i < right; i++) order[left + i] = spare[i];
}

// Queries go down side by side, because each step of one waits for its node to arrive from memory; and without
// branches, because no step can be foretold.
enum { lanes = 8 };

static inline void find_leaves(
    const tree_node *nodes, const double *queries, size_t count, size_t d, int32_t *leaves) {
  uint32_t open = 1;
  while (open) {
    open = 0;
    for (size_t i = 0; i < count; i++) {
      const tree_node *node = nodes + leaves[i];
      const uint32_t is_inner = node->feature >= 0;
      const double value = queries[i * d + (is_inner ? (size_t)node->feature : 0)];
      const uint32_t listed = (uint32_t)(node->categories >> ((uint32_t)(int32_t)value & 63)) & 1;
      const uint32_t below = value <= node->threshold;
      const uint32_t side = node->categories ? listed : below;
      leaves[i] = is_inner ? node->left + 1 - (int32_t)side : leaves[i];
      open |= is_inner;
    }
  }
}

void tree_find_leaves(
    const tree_node *nodes, int32_t start, const double *queries, size_t count, size_t d, int32_t *leaves) {
  for (size_t i = 0; i < count; i++) leaves[i] = start;
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) find_leaves(nodes, queries + i * d, lanes, d, leaves + i);
  find_leaves(nodes, queries + i * d, count - i, d, leaves + i);
}

void tree_add_moments(
    const tree_node *nodes, const double *means, const double *variances, const double *queries, size_t count,
    size_t d, double *sums, double *squares, double *variance_sums) {
  int32_t leaves[lanes];
  for (size_t i = 0; i < count; i += lanes) {
    const size_t part = count - i < lanes ? count - i : lanes;
    tree_find_leaves(nodes, 0, queries + i * d, part, d, leaves);
    for (size_t k = 0; k < part; k++) {
      sums[i + k] += means[leaves[k]];
      squares[i + k] += means[leaves[k]] * means[leaves[k]];
      variance_sums[i + k] += variances[leaves[k]];
    }
  }
}

void tree_sum_leaves(
    const int32_t *leaves, const uint8_t *w, const double *y, size_t n, double *weights, double *sums,
    double *squares) {
  for (size_t i = 0; i < n; i++) {
    if (!w[i]) continue;
    const int32_t leaf = leaves[i];
    weights[leaf] += w[i];
    sums[leaf] += w[i] * y[i];
    squares[leaf] += w[i] * y[i] * y[i];
  }
}
