using System.Diagnostics;
using System.Reflection;

namespace IotHubDsr.Tests;

/// <summary>PowerShell as a .NET tool, from the folder of restored packages: no session needs an installation or a profile.</summary>
internal static class PowerShellTool
{
    public const string Version = "7.6.9";

    /// <summary>The folder of a restored package.</summary>
    public static string PackageFolder(string id, string version) =>
        Path.Combine(
            typeof(PowerShellTool)
                .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(static one => one.Key == "PackagesFolder")
                .Value!,
            id.ToLowerInvariant(),
            version
        );

    /// <summary>What starts a PowerShell without profile, notices and colours; its streams are redirected.</summary>
    /// <param name="arguments">What follows <c>pwsh -NoProfile</c>.</param>
    public static ProcessStartInfo StartInfo(params string[] arguments)
    {
        string folder = Path.Combine(
            PackageFolder("PowerShell", Version),
            "tools",
            "net10.0",
            "any",
            OperatingSystem.IsWindows() ? "win" : "unix"
        );
        var start = new ProcessStartInfo(DotnetHost(), [Path.Combine(folder, "pwsh.dll"), "-NoLogo", "-NoProfile", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NO_COLOR"] = "1";
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        return start;
    }

    /// <summary>A command that imports a module first.</summary>
    public static string WithModule(string manifest, string command) =>
        $"Import-Module '{manifest.Replace("'", "''", StringComparison.Ordinal)}'; {command}";

    private static string DotnetHost() =>
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";
}
