// swift-tools-version: 6.1
import Foundation
import PackageDescription

// A package of its own, because only another package's library is one that the program loads when it likes:
// libtuner-torch.so, which lies beside the program and links libtorch.
let environment = ProcessInfo.processInfo.environment
let root = "\(Context.packageDirectory)/../.."
let torch = environment["TORCH_HOME"] ?? "\(root)/.build-deps/torch"
/// Where it really lies: an installed library finds it after the clone, with its link, is gone.
let torchLibraries = URL(fileURLWithPath: "\(torch)/lib").resolvingSymlinksInPath().path

/// What links libtorch, and with it the BLAS and LAPACK that it exports; and nothing of Swift, which a program may have
/// linked statically.
let linkTorch: [LinkerSetting] = {
  var flags = ["-nostartfiles", "-Xclang-linker", "--config=\(Context.packageDirectory)/as-needed.cfg"]
  flags += ["-L\(torch)/lib", "-Xlinker", "-rpath", "-Xlinker", torchLibraries, "-ltorch_cpu", "-lc10"]
  // NVIDIA's and AMD's GPUs.
  for name in ["cuda", "hip"] where FileManager.default.fileExists(atPath: "\(torch)/lib/libtorch_\(name).so")
  {
    // Nothing refers to the library by name: it registers its kernels when it is loaded.
    for flag in ["--no-as-needed", "-ltorch_\(name)", "-lc10_\(name)", "--as-needed"] {
      flags += ["-Xlinker", flag]
    }
  }
  return [.unsafeFlags(flags)]
}()

let package = Package(
  name: "Libtorch",
  products: [.library(name: "tuner-torch", type: .dynamic, targets: ["Libtorch"])],
  targets: [
    .target(
      name: "Libtorch", path: ".", exclude: ["as-needed.cfg"],
      cxxSettings: [
        .unsafeFlags([
          "-I", "\(root)/Sources/CTorch", "-I", "\(root)/Sources/CLAPACK",
          "-isystem", "\(torch)/include", "-isystem", "\(torch)/include/torch/csrc/api/include",
          "-D_GLIBCXX_USE_CXX11_ABI=1", "-O2", "-fvisibility=hidden",
        ])
      ],
      linkerSettings: linkTorch)
  ],
  cxxLanguageStandard: .cxx20
)
