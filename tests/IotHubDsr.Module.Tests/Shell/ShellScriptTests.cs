namespace IotHubDsr.Module.Tests.Shell;

public sealed class ShellScriptTests
{
    private const string ShowsArguments =
        """
        param([string] $Name, [switch] $Force, [switch] $Quiet, [Parameter(ValueFromRemainingArguments)] $Rest)
        "$Name|$Force|$Quiet|$($Rest -join ',')|$PSScriptRoot"
        """;

    [Fact]
    public async Task Script_BindsNamedSwitchAndPositionalArguments()
    {
        using var script = new ScriptFile(ShowsArguments);

        ShellOutcome outcome = await ShellProcess.RunAsync([script.Path, "-Name", "a b", "-Force", "-Quiet:$false", "x", "y%1"]);

        Assert.Equal($"a b|True|False|x,y%1|{script.Folder}{Environment.NewLine}", outcome.Output);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task Script_TakesWhatLooksLikeAnOptionOfTheShell()
    {
        using var script = new ScriptFile("param([switch] $Help) \"help $Help\"");

        ShellOutcome outcome = await ShellProcess.RunAsync(["-File", script.Path, "-Help"]);

        Assert.Equal("help True" + Environment.NewLine, outcome.Output);
    }

    [Fact]
    public async Task Exit_InScriptOrInAFunctionOfIt_GivesItsCode()
    {
        using var script = new ScriptFile("function Stop-Here { exit 7 } 'before'; Stop-Here; 'after'");

        ShellOutcome outcome = await ShellProcess.RunAsync([script.Path]);

        Assert.Equal((7, "before" + Environment.NewLine), (outcome.ExitCode, outcome.Output));
    }

    [Fact]
    public async Task NormalEnd_SucceedsWhateverANativeCommandReturned()
    {
        using var script = new ScriptFile(
            """
            dotnet exec no-such-file.dll 2>&1 | Out-Null
            "native failed: $($LASTEXITCODE -ne 0)"
            Get-Nothing
            """);

        ShellOutcome outcome = await ShellProcess.RunAsync([script.Path]);

        Assert.Equal("native failed: True" + Environment.NewLine, outcome.Output);
        Assert.Contains("Get-Nothing", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Theory]
    [InlineData("throw 'broken'")]
    [InlineData("$ErrorActionPreference = 'Stop'; Get-broken")]
    [InlineData("#Requires -Modules broken")]
    public async Task TerminatingError_FailsWithCodeOne(string text)
    {
        using var script = new ScriptFile(text);

        ShellOutcome outcome = await ShellProcess.RunAsync([script.Path]);

        Assert.Contains("broken", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, outcome.ExitCode);
    }

    [Fact]
    public async Task Module_IsLoadedBeforeTheScriptRuns()
    {
        using var module = new ScriptFile("function Get-Loaded { 'from the module' }", "Loaded.psm1");
        using var script = new ScriptFile("Get-Loaded");

        ShellOutcome outcome = await ShellProcess.RunPlainAsync("-Module", module.Path, script.Path);

        Assert.Equal(("from the module" + Environment.NewLine, ""), (outcome.Output, outcome.Error));
    }

    [Fact]
    public async Task BrokenModule_IsReported_AndNothingRuns()
    {
        using var module = new ScriptFile("throw 'module is broken'", "Broken.psm1");

        ShellOutcome outcome = await ShellProcess.RunPlainAsync("-Module", module.Path, "-Command", "'ran'");

        Assert.Equal((70, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("module is broken", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-NoSuchOption")]
    [InlineData("no-such-file.ps1")]
    [InlineData("-Command")]
    public async Task WrongCommandLine_ShowsTheUsage(string argument)
    {
        ShellOutcome outcome = await ShellProcess.RunAsync([argument]);

        Assert.Equal((64, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("The ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(argument, outcome.Error.Split(Environment.NewLine)[0], StringComparison.Ordinal);
        Assert.Contains("Usage:", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_ShowsTheUsage()
    {
        ShellOutcome outcome = await ShellProcess.RunAsync(["-Help"]);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("Usage:", outcome.Output, StringComparison.Ordinal);
    }
}
