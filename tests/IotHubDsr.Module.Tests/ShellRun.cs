using System.Diagnostics;

namespace IotHubDsr.Module.Tests;

/// <summary>A shell in a process of its own, for what can only be seen from outside of a session or in a fresh one.</summary>
internal sealed class ShellRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ShellRun(string[] arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])[RepositoryPaths.Shell, .. arguments])
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public int ProcessId => _process.Id;

    public static ShellRun Start(string command) => new(["-Command", command], environment: null);

    /// <summary>Runs a command in a shell with the module, and gives the lines of its output; an exit code other than 0 fails the
    /// test.</summary>
    public static Task<string[]> LinesOfAsync(string command) => RunAsync(["-Command", command]);

    /// <summary>The same in a shell that has not imported the module.</summary>
    public static Task<string[]> LinesWithoutModuleAsync(string command, IReadOnlyDictionary<string, string>? environment = null) =>
        RunAsync(["-NoModule", "-Command", command], environment);

    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? throw new EndOfStreamException(await _errors);

    /// <summary>Ends the shell as a crash of the machine or the user's <c>kill -9</c> would.</summary>
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

    private static async Task<string[]> RunAsync(string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var shell = new ShellRun(arguments, environment);
        shell._process.StandardInput.Close();
        string output = await shell._process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        string errors = await shell._errors.WaitAsync(Patience);
        await shell._process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(shell._process.ExitCode == 0, $"Exit code {shell._process.ExitCode}: {output}{errors}");
        return output.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }
}
