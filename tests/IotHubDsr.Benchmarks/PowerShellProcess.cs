using System.Diagnostics;
using IotHubDsr.Tests;

namespace IotHubDsr.Benchmarks;

/// <summary>Runs PowerShell as a child process, as a user would.</summary>
internal static class PowerShellProcess
{
    /// <summary>The root of the repository: the folder of the module's manifest.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The module as it was built together with these benchmarks.</summary>
    public static string Manifest { get; } = Path.Combine(RepositoryRoot, "IotHubDsr.psd1");

    /// <summary>A built file of another project, in the configuration of this one.</summary>
    public static string OutputOf(string folder, string project, string framework, string file)
    {
        string configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;
        return Path.Combine(RepositoryRoot, folder, project, "bin", configuration, framework, file);
    }

    /// <summary>Starts a command in a new session with the module.</summary>
    public static Process StartWithModule(string command) => Start("-Command", PowerShellTool.WithModule(Manifest, command));

    public static Process Start(params string[] arguments)
    {
        ProcessStartInfo start = PowerShellTool.StartInfo(arguments);
        start.WorkingDirectory = RepositoryRoot;
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Runs a command to its end; a failure ends the measurement.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"PowerShell ended with {process.ExitCode}: {await errors}");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IotHubDsr.psd1")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The benchmarks run from within the repository.");
    }
}
