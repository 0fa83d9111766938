namespace IotHubDsr.Module.Tests.Shell;

public sealed class ShellInputTests
{
    private const string Asks =
        """
        param([Parameter(Mandatory)][string] $Name, [Parameter(Mandatory)][securestring] $Key)
        "$Name $($Key.Length)"
        """;

    [Fact]
    public async Task Prompt_IsAnsweredFromStandardInput()
    {
        using var script = new ScriptFile(Asks);

        ShellOutcome outcome = await ShellProcess.RunAsync([script.Path], "hub\nsecret\n");

        Assert.EndsWith("hub 6" + Environment.NewLine, outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hub\n")]
    public async Task Prompt_AtTheEndOfStandardInput_IsAnError(string input)
    {
        using var script = new ScriptFile(Asks);

        ShellOutcome outcome = await ShellProcess.RunAsync([script.Path], input);

        Assert.Contains("Name", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, outcome.ExitCode);
    }

    [Fact]
    public async Task Prompt_WhenNonInteractive_IsAnErrorAtOnce()
    {
        using var script = new ScriptFile(Asks);
        using ShellProcess shell = ShellProcess.Start("-NonInteractive", script.Path);

        ShellOutcome outcome = await shell.WaitAsync();

        Assert.Contains("Name", outcome.Error, StringComparison.Ordinal);
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
    }

    [Fact]
    public async Task Confirmation_AtTheEndOfStandardInput_ErasesNothing()
    {
        ShellOutcome outcome = await ShellProcess.RunAsync(["-Command", ShellCommandTests.Erasing + "Clear-It"]);

        Assert.DoesNotContain("erased", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("standard input has ended", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_FromStandardInput_GoOnAfterAnError_AndSpanLines()
    {
        ShellOutcome outcome = await ShellProcess.RunAsync([], "throw 'first'\nif ($true) {\n  'second'\n}\n$x = 3\n$x\n");

        Assert.Equal($"second{Environment.NewLine}3{Environment.NewLine}", outcome.Output);
        Assert.Contains("first", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task Commands_FromStandardInput_EndWithExit()
    {
        ShellOutcome outcome = await ShellProcess.RunAsync([], "'one'\nexit 5\n'two'\n");

        Assert.Equal((5, "one" + Environment.NewLine), (outcome.ExitCode, outcome.Output));
    }
}
