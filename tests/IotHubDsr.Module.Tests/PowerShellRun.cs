using System.Diagnostics;

namespace IotHubDsr.Module.Tests;

/// <summary>A PowerShell in a process of its own, for what can only be seen from outside of a session or in a fresh one.</summary>
internal sealed class PowerShellRun : IDisposable
{
    /// <summary>Far beyond what any test needs: a process that has not ended by then hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private PowerShellRun(string[] arguments, IReadOnlyDictionary<string, string>? environment)
    {
        ProcessStartInfo start = PowerShellTool.StartInfo(arguments);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a command in a session with the module. Its standard input stays open.</summary>
    public static PowerShellRun Start(string command) =>
        new(["-Command", PowerShellTool.WithModule(RepositoryPaths.Manifest, command)], environment: null);

    /// <summary>Runs a command in a session with the module, and gives the lines of its output; an exit code other than 0 fails the
    /// test.</summary>
    public static Task<string[]> LinesOfAsync(string command) =>
        LinesWithoutModuleAsync(PowerShellTool.WithModule(RepositoryPaths.Manifest, command));

    /// <summary>The same in a session that has not imported the module.</summary>
    public static async Task<string[]> LinesWithoutModuleAsync(string command, IReadOnlyDictionary<string, string>? environment = null)
    {
        (int exitCode, string output, string errors) = await RunAsync(["-Command", command], environment);
        Assert.True(exitCode == 0, $"Exit code {exitCode}: {output}{errors}");
        return output.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Runs PowerShell to its end, with nothing on its standard input.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string[] arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        TimeSpan? patience = null
    )
    {
        TimeSpan limit = patience ?? Patience;
        using var run = new PowerShellRun(arguments, environment);
        run._process.StandardInput.Close();
        string output = await run._process.StandardOutput.ReadToEndAsync().WaitAsync(limit);
        string errors = await run._errors.WaitAsync(limit);
        await run._process.WaitForExitAsync().WaitAsync(limit);
        return (run._process.ExitCode, output, errors);
    }

    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new EndOfStreamException(await _errors);

    /// <summary>Ends the session as a crash of the machine or the user's <c>kill -9</c> would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
