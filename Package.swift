// swift-tools-version: 6.1
import Foundation
import PackageDescription

// Where the system libraries are; libtorch's place is the business of Sources/Libtorch/Package.swift.
let environment = ProcessInfo.processInfo.environment
let mpi = environment["TUNER_MPI_PKG_CONFIG"] ?? "mpi-c"
let hdf5 = environment["TUNER_HDF5_PKG_CONFIG"] ?? "hdf5-serial"

let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// A room of the house. Imports run downward only: a room lists what it stands on, and nothing else compiles.
///
/// - Parameter isNumeric: compiled with optimization for tests as well, which spend most of their time in it.
func room(
  _ name: String, on dependencies: [Target.Dependency], isNumeric: Bool = false, exclude: [String] = [],
  resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources,
    swiftSettings: swiftSettings
      + (isNumeric ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : []))
}

/// The files of a folder with another ending, for a target that lies beside scripts: `exclude`.
func others(than ending: String, in folder: String) -> [String] {
  FileManager.default.subpaths(atPath: "\(Context.packageDirectory)/\(folder)")?
    .filter { !$0.hasSuffix(ending) } ?? []
}

/// The tests of a room. Golden files, with the scripts that made them, lie in `Golden` beside the tests,
/// which find them by `#filePath`.
func tests(of room: String, kind: String = "", using more: [Target.Dependency] = []) -> Target {
  let name = "\(room)\(kind)Tests"
  let golden = "\(Context.packageDirectory)/Tests/\(name)/Golden"
  return .testTarget(
    name: name, dependencies: [.byName(name: room)] + more,
    exclude: FileManager.default.fileExists(atPath: golden) ? ["Golden"] : [],
    swiftSettings: swiftSettings)
}

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let numerics = Target.Dependency.product(name: "RealModule", package: "swift-numerics")

let package = Package(
  name: "tuner-mpi",
  products: [.executable(name: "tuner-mpi", targets: ["tuner-mpi"])],
  dependencies: [
    .package(path: "Sources/Libtorch"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // C shims and kernels.
    .systemLibrary(name: "CMPI", pkgConfig: mpi, providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(name: "CHDF5", pkgConfig: hdf5, providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CTorch"),
    .systemLibrary(name: "CLAPACK"),
    // Built with the library, and linked without it: as all libraries, it is kept only if something refers to it.
    .target(
      name: "CLibtorch", dependencies: [.product(name: "tuner-torch", package: "Libtorch")],
      linkerSettings: [
        .unsafeFlags([
          "-Xclang-linker", "--config=\(Context.packageDirectory)/Sources/Libtorch/as-needed.cfg",
        ])
      ]),
    .target(
      name: "CKernels",
      cSettings: [.unsafeFlags(["-O3", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off"])]),

    .target(name: "CProcesses"),
    .target(name: "CImages", linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),
    // The face that plug-ins write, and the only file of this project that they need.
    .target(name: "CTrainee", dependencies: ["CMPI"]),

    // Instruments, each of use outside this project.
    room("MPI", on: ["CMPI"]),
    room("HDF5", on: ["CHDF5", "CKernels"]),
    room("Tensors", on: ["CTorch", "CLibtorch"]),
    room("Randomness", on: [numerics], isNumeric: true),
    room("JSON", on: []),
    room("Processes", on: ["CProcesses"]),

    // How to learn, and what to try: strangers to each other.
    room(
      "Training",
      on: [
        "Tensors", "MPI", "HDF5", "Randomness", "JSON", "Processes", "CTrainee", "CKernels", "CZlib",
        "CImages",
      ],
      exclude: ["Resources/README.md"],
      resources: [.embedInCode("Resources/digits.csv.gz")]),
    room("Search", on: ["CLAPACK", "CLibtorch", "CKernels", "Randomness", numerics], isNumeric: true),

    room("Experiments", on: ["Training", "Search", "JSON", yams]),
    room("Tuner", on: ["Training", "Search", "MPI", "HDF5", "Randomness", "JSON", "CKernels"]),
    room(
      "Reports", on: ["Search"],
      resources: ["page", "table", "progress", "space", "charts"].map { .embedInCode("Scripts/\($0).js") }),
    room("Exports", on: ["Reports", "Tuner", "Search", "JSON", "CKernels"]),
    room("AskTell", on: ["Search", "Randomness", "JSON"]),

    .executableTarget(
      name: "tuner-mpi",
      dependencies: [
        "Experiments", "Tuner", "Reports", "Exports", "AskTell", "Training", "Search", "MPI", "HDF5", "JSON",
        argumentParser,
      ],
      swiftSettings: swiftSettings),

    // Speed, measured beside its limit or a peer; each prints tables for docs/performance.md.
    .executableTarget(
      name: "bench-optimizers", dependencies: ["Training", "Tensors", "MPI", "CMPI"],
      path: "Benchmarks/Optimizers", swiftSettings: swiftSettings),
    .executableTarget(
      name: "bench-ranks", dependencies: ["MPI", "Tuner"], path: "Benchmarks/Ranks",
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "bench-trainee", dependencies: ["MPI", "Training"], path: "Benchmarks/Trainee",
      exclude: others(than: ".swift", in: "Benchmarks/Trainee"), swiftSettings: swiftSettings),
    .executableTarget(
      name: "bench-training", dependencies: ["Training", "Tensors", "Randomness", "MPI"],
      path: "Benchmarks/Training",
      exclude: others(than: ".swift", in: "Benchmarks/Training"), swiftSettings: swiftSettings),

    // Tests that need several ranks have targets of their own: `mpirun` starts those, and `swift test` skips
    // them.
    .target(
      name: "RankTesting", dependencies: ["MPI"], path: "Tests/RankTesting", exclude: ["run-ranks"],
      swiftSettings: swiftSettings),
    // What every trainee must do, for the rank tests of those that make one.
    .target(
      name: "TraineeTesting", dependencies: ["Training", "MPI"], path: "Tests/TraineeTesting",
      swiftSettings: swiftSettings),
    tests(of: "MPI"), tests(of: "MPI", kind: "Rank", using: ["RankTesting"]),
    tests(of: "HDF5"), tests(of: "Tensors"), tests(of: "Randomness"), tests(of: "JSON"),
    tests(of: "Processes"),
    tests(of: "Training", using: ["HDF5", "TraineeTesting"]),
    tests(of: "Training", kind: "Rank", using: ["HDF5", "RankTesting", "TraineeTesting"]),
    tests(of: "Search"), tests(of: "Experiments"), tests(of: "Reports"),
    tests(of: "AskTell", using: ["Randomness", "JSON"]),
    tests(of: "Exports", using: ["Tuner", "Search", "JSON"]),
    tests(of: "Tuner", using: ["JSON"]),
    tests(of: "Tuner", kind: "Rank", using: ["RankTesting", "TraineeTesting"]),
    // What `check` accepts, and what a run then does with it, over all keys of the reference.
    .testTarget(
      name: "CheckTests",
      dependencies: [
        "tuner-mpi", "Experiments", "Tuner", "Search", "Training", "HDF5", "JSON", "Randomness",
        "TraineeTesting", argumentParser, yams,
      ],
      swiftSettings: swiftSettings),
    // What a run says on a terminal and in a log, letter for letter.
    .testTarget(
      name: "TerminalTests", dependencies: ["tuner-mpi", "Tuner", "Search"], swiftSettings: swiftSettings),
    // The built program, driven as a user drives it: bad input, kills and resumes, Slurm.
    .testTarget(
      name: "ProgramTests", dependencies: ["Tuner", "Search", "HDF5"],
      exclude: ["Pictures"], swiftSettings: swiftSettings),
  ],
  cxxLanguageStandard: .cxx20
)
