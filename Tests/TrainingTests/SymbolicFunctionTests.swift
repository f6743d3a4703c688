import Tensors
import Testing

@testable import Training

@Suite struct SymbolicFunctionTests {
  /// What Python 3 answers.
  @Test(arguments: [
    (SymbolicFunction.divideDown, [-7, 2], ScalarValue.integer(-4)), (.divideDown, [7, -2], .integer(-4)),
    (.divideDown, [6, -2], .integer(-3)), (.remainder, [-7, 3], .integer(2)),
    (.remainder, [7, -3], .integer(-2)),
    (.divide, [1, 4], .number(0.25)), (.power, [2, 10], .integer(1024)), (.power, [2, -1], .number(0.5)),
    (.subtract, [2, 5], .integer(-3)), (.maximum, [2, 5], .integer(5)), (.minimum, [2, 5], .integer(2)),
    (.equal, [2, 2], .boolean(true)), (.less, [2, 2], .boolean(false)),
    (.lessOrEqual, [2, 2], .boolean(true)),
    (.choice, [0, 3, 4], .integer(4)), (.negate, [3], .integer(-3)), (.float, [3], .number(3)),
    (.not, [0], .boolean(true)), (.squareRoot, [9], .number(3)), (.and, [6, 3], .integer(2)),
  ])
  func `integers are computed with as in Python`(
    function: SymbolicFunction, numbers: [Int], result: ScalarValue
  ) {
    #expect(function(numbers.map(ScalarValue.integer)) == result)
  }

  @Test func `floating-point numbers are rounded, divided and compared as in Python`() {
    #expect(SymbolicFunction.divideDown([.number(-7.5), .integer(2)]) == .number(-4))
    #expect(SymbolicFunction.remainder([.number(-7.5), .integer(2)]) == .number(0.5))
    #expect(SymbolicFunction.truncate([.number(-2.5)]) == .integer(-2))
    #expect(SymbolicFunction.down([.number(-2.5)]) == .integer(-3))
    #expect(SymbolicFunction.up([.number(2.5)]) == .integer(3))
    #expect(SymbolicFunction.or([.boolean(true), .boolean(false)]) == .boolean(true))
    #expect(SymbolicFunction.maximum([.number(2.5), .integer(2)]) == .number(2.5))
  }

  @Test func `what Python refuses, or 64 bits don't hold, has no result`() {
    #expect(SymbolicFunction.divideDown([.integer(1), .integer(0)]) == nil)
    #expect(SymbolicFunction.divide([.integer(1), .integer(0)]) == nil)
    #expect(SymbolicFunction.multiply([.integer(.max), .integer(2)]) == nil)
    #expect(SymbolicFunction.power([.integer(10), .integer(60)]) == nil)
    #expect(SymbolicFunction.truncate([.number(.infinity)]) == nil)
    #expect(SymbolicFunction.add([.integer(1)]) == nil)
  }
}
