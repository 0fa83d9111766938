namespace IotHubDsr.Shell.Sessions;

/// <summary>Finds the module's manifest from where the shell was built or installed.</summary>
internal static class ModuleLocator
{
    private const string Manifest = "IotHubDsr.psd1";

    public static string Nearest(string startDirectory)
    {
        for (var directory = new DirectoryInfo(startDirectory); directory is not null; directory = directory.Parent)
        {
            string candidate = Path.Combine(directory.FullName, Manifest);
            if (File.Exists(candidate))
                return candidate;
        }

        throw new SessionStartException(
            $"No {Manifest} in '{startDirectory}' or a directory above it. "
            + "Name the module with -Module <path>, or leave it out with -NoModule.");
    }
}
