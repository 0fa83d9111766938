using System.Diagnostics;
using System.Reflection;

namespace IotHubDsr.Module.Tests.Shell;

/// <summary>What a finished shell has left behind. Lines end as the test's own do.</summary>
internal sealed record ShellOutcome(int ExitCode, string Output, string Error);

/// <summary>The built shell, run as its users run it.</summary>
internal sealed class ShellProcess : IDisposable
{
    /// <summary>Far beyond what any test needs: a shell that has not ended by then hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string ShellPath = Locate();

    private readonly Process _process;
    private readonly Task<string> _error;

    private ShellProcess(string[] arguments)
    {
        // Where the tests themselves run in the background, Ctrl-C is ignored, and whatever they start inherits that.
        string[] command = OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", "dotnet"] : ["dotnet"];
        var start = new ProcessStartInfo(command[0], [.. command[1..], ShellPath, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _error = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a shell without the module. Its standard input stays open until it is asked for its outcome.</summary>
    public static ShellProcess Start(params string[] arguments) => new(["-NoModule", .. arguments]);

    /// <summary>Runs a shell without the module whose standard input is <paramref name="input"/>, or empty.</summary>
    public static async Task<ShellOutcome> RunAsync(string[] arguments, string input = "")
    {
        using ShellProcess shell = Start(arguments);
        return await shell.EndAsync(input);
    }

    /// <summary>Runs a shell with nothing added to its command line.</summary>
    public static async Task<ShellOutcome> RunPlainAsync(params string[] arguments)
    {
        using var shell = new ShellProcess(arguments);
        return await shell.EndAsync();
    }

    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <param name="signal">The name of a signal, <c>INT</c> for Ctrl-C.</param>
    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    public async Task<ShellOutcome> EndAsync(string input = "")
    {
        await _process.StandardInput.WriteAsync(input);
        _process.StandardInput.Close();
        return await WaitAsync();
    }

    /// <summary>Waits for the end, with standard input still open.</summary>
    public async Task<ShellOutcome> WaitAsync()
    {
        string output = await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        string error = await _error.WaitAsync(Patience);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return new ShellOutcome(_process.ExitCode, output, error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static string Locate()
    {
        string configuration = typeof(ShellProcess).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "IotHubDsr.sln")))
            root = root.Parent;
        Assert.NotNull(root);
        return Path.Combine(root.FullName, "src", "IotHubDsr.Shell", "bin", configuration, "net10.0", "IotHubDsr.Shell.dll");
    }
}
