using System.Diagnostics;

namespace IotHubDsr.Benchmarks;

/// <summary>Runs the repository's shell as a child process, as a user would.</summary>
internal static class ShellProcess
{
    /// <summary>The root of the repository: the folder of the module's manifest.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The shell that was built together with these benchmarks.</summary>
    public static string ShellAssembly { get; } = OutputOf("src", "IotHubDsr.Shell", "net10.0", "IotHubDsr.Shell.dll");

    /// <summary>A built file of another project, in the configuration of this one.</summary>
    public static string OutputOf(string folder, string project, string framework, string file)
    {
        string configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;
        return Path.Combine(RepositoryRoot, folder, project, "bin", configuration, framework, file);
    }

    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepositoryRoot,
        };
        start.ArgumentList.Add(ShellAssembly);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
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
            : throw new InvalidOperationException($"The shell ended with {process.ExitCode}: {await errors}");
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
