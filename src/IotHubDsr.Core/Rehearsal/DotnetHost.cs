namespace IotHubDsr.Core.Rehearsal;

/// <summary>
/// Finds the program that starts .NET assemblies: PowerShell may have been installed with a runtime of its own that has no ASP.NET Core.
/// </summary>
internal static class DotnetHost
{
    private static string FileName => OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";

    /// <summary>
    /// Full path of the first one there is; the bare name, for the system to look up, when there is none in the usual places.
    /// </summary>
    public static string Find() => Candidates().FirstOrDefault(File.Exists) ?? FileName;

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host)
            yield return host;
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root)
            yield return Path.Combine(root, FileName);
        foreach (
            string folder in (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(
                Path.PathSeparator,
                StringSplitOptions.RemoveEmptyEntries
            )
        )
        {
            yield return Path.Combine(folder, FileName);
        }

        if (OperatingSystem.IsWindows())
        {
            yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "dotnet", FileName);
        }
        else
        {
            foreach (string folder in (string[])["/usr/share/dotnet", "/usr/lib/dotnet", "/usr/local/share/dotnet"])
                yield return Path.Combine(folder, FileName);
            yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", FileName);
        }
    }
}
