using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using IotHubDsr.Shell.Terminals;

namespace IotHubDsr.Shell.Hosting;

/// <summary>Shows the engine's streams and asks its questions.</summary>
internal sealed partial class ShellUserInterface(ConsoleOutput output, PromptReader prompts) : PSHostUserInterface
{
    private readonly ProgressLine _progress = new(output, TimeProvider.System);
    private bool _showingError;

    public override PSHostRawUserInterface RawUI { get; } = new ShellRawUserInterface();

    public override bool SupportsVirtualTerminal => output.IsTerminal;

    /// <summary>
    /// Everything that <paramref name="show"/> writes is an error. The engine marks the errors of commands itself, but not
    /// the one that ended a pipeline, which the host formats in a pipeline of its own.
    /// </summary>
    public void ShowError(Action show)
    {
        _showingError = true;
        try
        {
            show();
        }
        finally
        {
            _showingError = false;
        }
    }

    public void ClearProgress() => _progress.Clear();

    public override void Write(string value) => output.Write(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        output.Write(Coloured(foregroundColor, value));

    public override void WriteLine(string value)
    {
        if (_showingError)
            output.WriteErrorLine(value);
        else
            output.WriteLine(value);
    }

    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        output.WriteLine(Coloured(foregroundColor, value));

    public override void WriteErrorLine(string value) => output.WriteErrorLine(value);

    public override void WriteDebugLine(string message) => WriteStyled(FormatStyle.Debug, $"DEBUG: {message}");

    public override void WriteVerboseLine(string message) => WriteStyled(FormatStyle.Verbose, $"VERBOSE: {message}");

    public override void WriteWarningLine(string message) => WriteStyled(FormatStyle.Warning, $"WARNING: {message}");

    public override void WriteProgress(long sourceId, ProgressRecord record) => _progress.Update(sourceId, record);

    public override string ReadLine() => prompts.ReadLine("");

    public override SecureString ReadLineAsSecureString() => prompts.ReadSecureLine("");

    private void WriteStyled(FormatStyle style, string line) =>
        output.WriteLine(GetFormatStyleString(style) + line + GetFormatStyleString(FormatStyle.Reset));

    private static string Coloured(ConsoleColor colour, string text) =>
        PSStyle.MapForegroundColorToEscapeSequence(colour) + text + PSStyle.Instance.Reset;
}
