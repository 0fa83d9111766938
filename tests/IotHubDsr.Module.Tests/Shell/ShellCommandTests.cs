namespace IotHubDsr.Module.Tests.Shell;

public sealed class ShellCommandTests
{
    [Fact]
    public async Task Command_WritesItsOutput_AndSucceeds()
    {
        ShellOutcome outcome = await ShellProcess.RunAsync(["-Command", "'one'; 1 + 1"]);

        Assert.Equal(Lines("one", "2"), outcome.Output);
        Assert.Equal("", outcome.Error);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task Command_OfSeveralWords_IsJoined()
    {
        ShellOutcome outcome = await ShellProcess.RunAsync(["-c", "'a'", "+", "'b'"]);

        Assert.Equal(Lines("ab"), outcome.Output);
    }

    [Fact]
    public async Task TerminatingError_GoesToStandardError_AndFails()
    {
        ShellOutcome outcome = await ShellProcess.RunAsync(["-Command", "'before'; throw 'no such hub'; 'after'"]);

        Assert.Equal(Lines("before"), outcome.Output);
        Assert.Contains("no such hub", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, outcome.ExitCode);
    }

    [Theory]
    [InlineData("Get-Nothing; 'last'", 0)]
    [InlineData("'first'; Get-Nothing", 1)]
    public async Task Command_FailsWhenItsLastStatementFailed(string command, int exitCode)
    {
        ShellOutcome outcome = await ShellProcess.RunAsync(["-Command", command]);

        Assert.Contains("Get-Nothing", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode, outcome.ExitCode);
    }

    [Fact]
    public async Task Exit_GivesItsCode()
    {
        ShellOutcome outcome = await ShellProcess.RunAsync(["-Command", "exit 42; 'after'"]);

        Assert.Equal((42, ""), (outcome.ExitCode, outcome.Output));
    }

    [Fact]
    public async Task ParseError_IsShown_AndFails()
    {
        ShellOutcome outcome = await ShellProcess.RunAsync(["-Command", "if ("]);

        Assert.Contains("if (", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, outcome.ExitCode);
    }

    [Fact]
    public async Task Objects_AreShownAsATable_WithoutColour()
    {
        ShellOutcome outcome = await ShellProcess.RunAsync(
            ["-Command", "[pscustomobject]@{ Device = 'dev1'; Count = 3 }; [pscustomobject]@{ Device = 'Dev1'; Count = 14 }"]);

        string[] lines = outcome.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["Device Count", "------ -----", "dev1       3", "Dev1      14"], lines);
    }

    [Fact]
    public async Task Streams_ArePrefixed_AndCarryNoEscapeSequenceWhenRedirected()
    {
        ShellOutcome outcome = await ShellProcess.RunAsync(
            [
                "-Command",
                """
                function Show-Streams {
                    [CmdletBinding()] param()
                    $DebugPreference = 'Continue'
                    $PSCmdlet.WriteVerbose('looked')
                    $PSCmdlet.WriteWarning('late')
                    $PSCmdlet.WriteDebug('asked')
                    $PSCmdlet.WriteProgress([Management.Automation.ProgressRecord]::new(1, 'Erasing', 'now'))
                    $record = [Management.Automation.ErrorRecord]::new([Exception]::new('inner'), 'Id', 'InvalidData', $null)
                    $record.ErrorDetails = [Management.Automation.ErrorDetails]::new('The blob is held.')
                    $record.ErrorDetails.RecommendedAction = 'Release the hold.'
                    $PSCmdlet.WriteError($record)
                    "$([char]27)[31mred$([char]27)[0m"
                }
                Show-Streams -Verbose
                """,
            ]);

        Assert.Equal(Lines("VERBOSE: looked", "WARNING: late", "DEBUG: asked", "red"), outcome.Output);
        Assert.Contains("The blob is held.", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Release the hold.", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', outcome.Output + outcome.Error);
    }

    [Fact]
    public async Task WhatIf_SaysWhatWouldBeDone_AndDoesNothing()
    {
        ShellOutcome outcome = await ShellProcess.RunAsync(["-Command", Erasing + "Clear-It -WhatIf"]);

        Assert.Equal(Lines("What if: Performing the operation \"Erase\" on target \"Device 'dev1'\"."), outcome.Output);
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData("?\nYes\n", true)]
    [InlineData("n\n", false)]
    public async Task Confirmation_IsAnsweredFromStandardInput(string answer, bool erased)
    {
        ShellOutcome outcome = await ShellProcess.RunAsync(["-Command", Erasing + "Clear-It"], answer);

        Assert.Contains("[Y] Yes  [A] Yes to All  [N] No", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(erased, outcome.Output.EndsWith(Lines("erased"), StringComparison.Ordinal));
        Assert.Equal("", outcome.Error);
    }

    internal const string Erasing =
        """
        function Clear-It {
            [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param()
            if ($PSCmdlet.ShouldProcess("Device 'dev1'", 'Erase')) { 'erased' }
        }

        """;

    private static string Lines(params string[] lines) => string.Concat(lines.Select(line => line + Environment.NewLine));
}
