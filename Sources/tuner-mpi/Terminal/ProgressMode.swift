/// What a run says while it is at work.
enum ProgressMode: String, CaseIterable {
  /// A picture, drawn in place.
  case live
  /// A line a minute and one at events, as for a log.
  case plain
  /// Warnings and errors alone.
  case none
}
