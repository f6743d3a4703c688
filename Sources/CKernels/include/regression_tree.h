// The inner loops of regression trees: the best split of a feature, the parting of rows, the way to a leaf.
//
// Notation   rows are numbers into columns; w[row] how often a row counts; y[row] its target; W, S the sums of
//            w and of w y over a node's rows. A split into left and right lowers the squared error by
//            S_l^2 / W_l + S_r^2 / W_r - S^2 / W (Breiman, Friedman, Olshen and Stone, "Classification and
//            regression trees", 1984, chapter 8); the last term is the same for all splits of a node.
#ifndef REGRESSION_TREE_H
#define REGRESSION_TREE_H
#include <stddef.h>
#include <stdint.h>

/// A node of a flat tree; the right child follows the left.
typedef struct {
  /// A numeric feature at most this goes left.
  double threshold;
  /// Nonzero at a categorical feature: bit k is set when category k goes left.
  uint64_t categories;
  /// Negative at a leaf.
  int32_t feature;
  int32_t left;
} tree_node;

/// The best place to cut `order`, n rows in ascending order of `column`.
///
/// `weight` and `sum` are W and S of these rows; each side must weigh at least `minimum`. Returns
/// S_l^2 / W_l + S_r^2 / W_r and writes how many rows go left to `place`; -1 where the rows can't be cut.
double tree_best_cut(
    const int32_t *order, size_t n, const double *column, const uint8_t *w, const double *y, double weight,
    double sum, double minimum, size_t *place);

/// Adds each row's w and w y to its category's `weights` and `sums`; `column` holds the categories' numbers.
void tree_sum_categories(
    const int32_t *order, size_t n, const double *column, const uint8_t *w, const double *y, double *weights,
    double *sums);

/// Writes to goes_left[row] whether `node` sends the row left.
void tree_mark_sides(
    const int32_t *order, size_t n, const double *column, const tree_node *node, uint8_t *goes_left);

/// Moves the rows that go left to the front of `order`, all else in its order; `spare` has room for n.
void tree_part(int32_t *order, size_t n, const uint8_t *goes_left, int32_t *spare);

/// Which leaf each of `count` queries of d features, by row, comes to from node `start`.
void tree_find_leaves(
    const tree_node *nodes, int32_t start, const double *queries, size_t count, size_t d, int32_t *leaves);

/// Adds, for each of `count` queries of d features, its leaf's mean, square of the mean and variance to the sums.
void tree_add_moments(
    const tree_node *nodes, const double *means, const double *variances, const double *queries, size_t count,
    size_t d, double *sums, double *squares, double *variance_sums);

/// Adds w, w y and w y^2 of each row to its leaf's sums.
void tree_sum_leaves(
    const int32_t *leaves, const uint8_t *w, const double *y, size_t n, double *weights, double *sums,
    double *squares);

#endif
