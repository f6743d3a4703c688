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
  /// A numeric feature at most this goes left; below 0 at a categorical one.
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

/// The best of all partitions of n rows by their categories, of which there are `count`, at most 64; `column`
/// holds the categories' numbers. Returns as `tree_best_cut` does, and writes which categories go left, bit k
/// for k.
double tree_best_partition(
    const int32_t *order, size_t n, const double *column, size_t count, const uint8_t *w, const double *y,
    double weight, double sum, double minimum, uint64_t *categories);

/// Writes to sides[row] whether `node` sends the row left.
void tree_mark_sides(
    const int32_t *order, size_t n, const double *column, const tree_node *node, uint8_t *sides);

/// Moves the rows that go left to the front of `order`, all else in its order; `spare` has room for n.
void tree_part(int32_t *order, size_t n, const uint8_t *sides, int32_t *spare);

/// Which leaf each of `count` queries of d features, by row, comes to from node `start`.
void tree_find_leaves(
    const tree_node *nodes, int32_t start, const double *queries, size_t count, size_t d, int32_t *leaves);

/// Sums over trees, for each of `count` queries: its leaf's mean, the mean's square, its leaf's variance.
typedef struct {
  size_t count;
  double *means, *squares, *variances;
} tree_sums;

/// Adds a tree's part for queries of d features, by row.
void tree_add_moments(
    const tree_node *nodes, const double *means, const double *variances, const double *queries, size_t d,
    tree_sums *sums);

/// The same for queries each of which differs in one feature at most, features[i], from one of `bases`: those
/// up to ends[b] and after the ends before it from base b. Queries of the same feature follow each other. Each
/// goes down from where its way leaves that of its base. `leaves` has room for all queries.
void tree_add_neighbour_moments(
    const tree_node *nodes, const double *means, const double *variances, const double *bases,
    const size_t *ends, size_t base_count, const double *queries, const int32_t *features, size_t d,
    int32_t *leaves, tree_sums *sums);

/// Writes each node's weight, and the mean and the variance of the y of its rows, 0 where it has none.
void tree_leaf_moments(
    const int32_t *leaves, const uint8_t *w, const double *y, size_t n, size_t node_count, double *weights,
    double *means, double *variances);

#endif
