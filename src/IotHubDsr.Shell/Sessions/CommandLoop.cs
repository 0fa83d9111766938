using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Language;
using IotHubDsr.Shell.CommandLine;
using IotHubDsr.Shell.Terminals;

namespace IotHubDsr.Shell.Sessions;

/// <summary>Reads a command, runs it, shows its error if it has one, and goes on.</summary>
internal sealed class CommandLoop(
    PipelineRunner runner, ConsoleInput input, ConsoleOutput output, Action<RuntimeException> report, Func<bool> sessionEnds)
{
    private const string ContinuationPrompt = ">> ";
    private const string FallbackPrompt = "PS> ";
    private int _depth;
    private int _leaveAbove = int.MaxValue;

    public void Run(ShellOptions options)
    {
        if (ConsoleInput.IsTerminal && !options.NoLogo)
            output.WriteLine("PowerShell with IotHubDsr. 'Get-Command -Module IotHubDsr' lists the commands, 'exit' leaves.");
        RunLoop();
    }

    /// <summary>A prompt within a running command: the user chose to suspend it.</summary>
    public void RunNested()
    {
        _depth++;
        try
        {
            RunLoop();
        }
        finally
        {
            _depth--;
            _leaveAbove = int.MaxValue;
        }
    }

    public void LeaveNested() => _leaveAbove = _depth - 1;

    private void RunLoop()
    {
        while (!sessionEnds() && _depth <= _leaveAbove)
        {
            string? command;
            runner.Rearm();
            try
            {
                command = ReadCommand();
            }
            catch (OperationCanceledException)
            {
                output.WriteLine("");
                continue;
            }

            if (command is null)
                return;
            if (!string.IsNullOrWhiteSpace(command))
                RunCommand(command);
        }
    }

    private void RunCommand(string command)
    {
        try
        {
            runner.RunText(command, addToHistory: true);
        }
        catch (RuntimeException error)
        {
            report(error);
        }
    }

    /// <summary>Reads lines until they are a whole command, or an empty one says that no more will come.</summary>
    private string? ReadCommand()
    {
        string? command = ReadLine(Prompt());
        if (command is null || !IsIncomplete(command))
            return command;
        while (ReadLine(ContinuationPrompt) is { } line && (line.Length > 0 || !ConsoleInput.IsTerminal))
        {
            command += "\n" + line;
            if (!IsIncomplete(command))
                return command;
        }

        return command;
    }

    private string? ReadLine(string prompt)
    {
        if (ConsoleInput.IsTerminal)
            output.Write(prompt);
        int columns = new StringDecorated(prompt[(prompt.LastIndexOf('\n') + 1)..]).ContentLength;
        return input.ReadLine(columns, remember: true, runner.Interrupted);
    }

    private string Prompt()
    {
        if (!ConsoleInput.IsTerminal)
            return "";
        try
        {
            return runner.Evaluate("prompt")?.ToString() is { Length: > 0 } prompt ? prompt : FallbackPrompt;
        }
        catch (RuntimeException)
        {
            return FallbackPrompt;
        }
    }

    private static bool IsIncomplete(string command)
    {
        Parser.ParseInput(command, out _, out ParseError[] errors);
        return errors.Any(error => error.IncompleteInput);
    }
}
