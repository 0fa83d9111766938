// Builds the module and runs its Quickstart in PowerShell, in a simulated Azure on this machine: `dotnet run demo.cs`.
// Arguments go to the script. The exit code is PowerShell's, or that of the step which failed.
#:property PublishAot=false
#:property NuGetAudit=false

using System.Diagnostics;
using System.Runtime.CompilerServices;

string root = Root();
return Quietly("build", Path.Combine(root, "src", "IotHubDsr", "IotHubDsr.csproj"), "--nologo", "-v:quiet")
    ?? Quietly("tool", "restore")
    ?? Run(
        ["pwsh", "-NoLogo", "-NoProfile", "-File", Path.Combine(root, "module", "Examples", "Quickstart.ps1"), .. args],
        captures: false
    ).ExitCode;

// What a step prints is shown only when it fails, with its exit code; null when it succeeds.
int? Quietly(params string[] arguments)
{
    (int exitCode, string output) = Run(arguments, captures: true);
    if (exitCode == 0)
        return null;
    Console.Error.WriteLine($"dotnet {arguments[0]} ended with exit code {exitCode}:{Environment.NewLine}{output}");
    return exitCode;
}

(int ExitCode, string Output) Run(string[] arguments, bool captures)
{
    var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = root, RedirectStandardOutput = captures };
    start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
    if (Console.IsOutputRedirected)
        start.Environment["NO_COLOR"] = "1";
    using Process process = Process.Start(start)!;
    string output = captures ? process.StandardOutput.ReadToEnd() : string.Empty;
    process.WaitForExit();
    return (process.ExitCode, output);
}

static string Root([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
