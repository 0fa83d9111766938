using System.Diagnostics;

namespace IotHubDsr.Module.Tests.Shell;

public sealed class ShellStopTests
{
    // Written past the pipeline, which takes no more output once it is stopped.
    private const string RunsUntilStopped =
        "try { [Console]::WriteLine('running'); while ($true) { } } finally { [Console]::WriteLine('cleaned up') };"
        + "[Console]::WriteLine('went on')";

    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(5);

    [UnixTheory]
    [InlineData("INT", 1)]
    [InlineData("TERM", 143)]
    public async Task Signal_StopsAScript_AfterItsFinallyBlock(string signal, int exitCode)
    {
        using var script = new ScriptFile(RunsUntilStopped);
        using ShellProcess shell = ShellProcess.Start(script.Path);

        await AssertStopsAsync(shell, signal, exitCode);
    }

    [UnixFact]
    public async Task Interrupt_StopsACommand()
    {
        using ShellProcess shell = ShellProcess.Start("-Command", RunsUntilStopped);

        await AssertStopsAsync(shell, "INT", 1);
    }

    [UnixFact]
    public async Task Interrupt_StopsAPromptThatWaits()
    {
        using ShellProcess shell = ShellProcess.Start("-Command", "'asking'; $Host.UI.ReadLine(); [Console]::WriteLine('went on')");
        Assert.Equal("asking", await shell.ReadLineAsync());

        await shell.SignalAsync("INT");
        ShellOutcome outcome = await shell.WaitAsync();

        Assert.DoesNotContain("went on", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(1, outcome.ExitCode);
    }

    [UnixFact]
    public async Task Interrupt_LeavesAnInteractiveSessionAlive()
    {
        using ShellProcess shell = ShellProcess.Start();
        await shell.WriteLineAsync(RunsUntilStopped);
        Assert.Equal("running", await shell.ReadLineAsync());

        await shell.SignalAsync("INT");
        Assert.Equal("cleaned up", await shell.ReadLineAsync());
        ShellOutcome outcome = await shell.EndAsync("'alive'\n");

        Assert.Equal((0, "alive" + Environment.NewLine), (outcome.ExitCode, outcome.Output));
    }

    [UnixFact]
    public async Task Interrupt_WaitsForACommandThatCannotStopAtOnce()
    {
        using ShellProcess shell = ShellProcess.Start(
            "-Command",
            "try { [Console]::WriteLine('running'); while ($true) { } }"
            + "finally { $null = [Console]::ReadLine(); [Console]::WriteLine('closed') }");
        Assert.Equal("running", await shell.ReadLineAsync());

        await shell.SignalAsync("INT");
        await shell.SignalAsync("INT");
        ShellOutcome outcome = await shell.EndAsync("go\n");

        Assert.Equal((1, "closed" + Environment.NewLine), (outcome.ExitCode, outcome.Output));
    }

    private static async Task AssertStopsAsync(ShellProcess shell, string signal, int exitCode)
    {
        Assert.Equal("running", await shell.ReadLineAsync());
        long signalled = Stopwatch.GetTimestamp();

        await shell.SignalAsync(signal);
        ShellOutcome outcome = await shell.WaitAsync();

        Assert.Equal((exitCode, "cleaned up" + Environment.NewLine), (outcome.ExitCode, outcome.Output));
        Assert.InRange(Stopwatch.GetElapsedTime(signalled), TimeSpan.Zero, Promptly);
    }
}
