import CKernels

/// A file of TensorBoard's events: records of TensorFlow's format (a length, the message, each with a masked CRC-32C),
/// each an `Event` of tensorflow/core/util/event.proto.
struct EventFile {
  private(set) var bytes: [UInt8] = []

  init(time: Double) {
    append(time: time, step: nil) { $0.add(3, "brain.Event:2") }
  }

  mutating func addScalar(_ tag: String, _ value: Double, step: Int, time: Double) {
    append(time: time, step: step) { event in
      event.add(
        5,
        ProtocolBuffer { summary in
          summary.add(
            1,
            ProtocolBuffer {
              $0.add(1, tag)
              $0.add(2, Float(value))
            })
        })
    }
  }

  /// What a plug-in alone understands: a value without numbers.
  ///
  /// - Parameter content: the plug-in's message.
  mutating func addPluginData(_ tag: String, plugin: String, _ content: ProtocolBuffer, time: Double) {
    let nothing = ProtocolBuffer {
      // Floats, of one dimension without elements.
      $0.add(1, 1)
      $0.add(2, ProtocolBuffer { $0.add(2, ProtocolBuffer()) })
    }
    let metadata = ProtocolBuffer {
      $0.add(
        1,
        ProtocolBuffer {
          $0.add(1, plugin)
          $0.add(2, content)
        })
    }
    append(time: time, step: 0) { event in
      event.add(
        5,
        ProtocolBuffer { summary in
          summary.add(
            1,
            ProtocolBuffer {
              $0.add(1, tag)
              $0.add(8, nothing)
              $0.add(9, metadata)
            })
        })
    }
  }

  private mutating func append(time: Double, step: Int?, _ fill: (inout ProtocolBuffer) -> Void) {
    let event = ProtocolBuffer {
      $0.add(1, time)
      if let step { $0.add(2, step) }
      fill(&$0)
    }
    let length = withUnsafeBytes(of: UInt64(event.bytes.count).littleEndian) { Array($0) }
    for part in [length, event.bytes] {
      bytes += part
      withUnsafeBytes(of: Self.maskedChecksum(part).littleEndian) { bytes.append(contentsOf: $0) }
    }
  }

  /// tensorflow/core/lib/hash/crc32c.h.
  private static func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
    let checksum = bytes.withUnsafeBytes { checksum_crc32c(0, $0.baseAddress, $0.count) }
    return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }
}
