using System.Diagnostics;
using System.Text.Json;

namespace IotHubDsr.Core.Tests.Evidence.Certificates;

/// <summary>A test with securesystemslib, a DSSE implementation of other making (Debian: python3-securesystemslib).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SecureSystemsLibTheoryAttribute : TheoryAttribute
{
    public SecureSystemsLibTheoryAttribute() =>
        Skip = OtherTool.PythonWithSecureSystemsLib is null ? "Needs python3-securesystemslib." : null;
}

/// <summary>A test with sigstore's DSSE implementation (npm: tests/conformance/dsse).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SigstoreFactAttribute : FactAttribute
{
    public SigstoreFactAttribute() =>
        Skip =
            OtherTool
                .Run(
                    "node",
                    "-e",
                    $"require({JsonSerializer.Serialize(Path.Combine(OtherTool.SigstoreFolder, "node_modules", "@sigstore", "core"))})"
                )
                .ExitCode == 0
                ? null
                : "Needs Node.js, and npm ci in tests/conformance/dsse.";
}

/// <summary>A test with OpenSSL's command.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OpenSslTheoryAttribute : TheoryAttribute
{
    public OpenSslTheoryAttribute() => Skip = OtherTool.Run("openssl", "version").ExitCode == 0 ? null : "Needs openssl.";
}

internal static class OtherTool
{
    /// <summary>The system's Python may be another one than that on the path, and it is the one that Debian's packages are for.</summary>
    public static string? PythonWithSecureSystemsLib { get; } =
        Array.Find((string[])["/usr/bin/python3", "python3", "python"], python =>
            Run(python, "-c", "import securesystemslib.signer").ExitCode == 0
        );

    public static string SigstoreFolder { get; } = RepositoryPaths.Conformance("dsse");

    public static (int ExitCode, string Output) Run(string command, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + error.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, $"There is no {command}.");
        }
    }
}
