using System.Management.Automation.Host;

namespace IotHubDsr.Shell.Terminals;

/// <summary>Standard output and standard error, and whether each may carry colour.</summary>
internal sealed class ConsoleOutput
{
    private readonly Lock _gate = new();
    private string _statusLine = "";
    private bool _atLineStart = true;

    public bool IsTerminal { get; } =
        !Console.IsOutputRedirected
        && !string.Equals(Environment.GetEnvironmentVariable("TERM"), "dumb", StringComparison.Ordinal)
        && WindowsTerminal.EnablesEscapeSequences();

    /// <summary>Columns of the window. 120 where there is none, as pwsh assumes.</summary>
    public static int Width => Window(() => Console.WindowWidth, 120);

    public static int Height => Window(() => Console.WindowHeight, 50);

    public bool AtLineStart
    {
        get
        {
            lock (_gate)
                return _atLineStart;
        }
    }

    public void Write(string text)
    {
        if (text.Length == 0)
            return;
        lock (_gate)
        {
            HideStatus();
            Console.Out.Write(PSHostUserInterface.GetOutputString(text, IsTerminal));
            _atLineStart = text[^1] == '\n';
            ShowStatus();
        }
    }

    public void WriteLine(string text) => Write(text + Environment.NewLine);

    /// <summary>An error goes where the user sees it: to the terminal with everything else, or to standard error.</summary>
    public void WriteErrorLine(string text)
    {
        if (!Console.IsErrorRedirected && IsTerminal)
        {
            WriteLine(text);
            return;
        }

        lock (_gate)
            Console.Error.WriteLine(PSHostUserInterface.GetOutputString(text, supportsVirtualTerminal: !Console.IsErrorRedirected));
    }

    /// <summary>Keeps one line below all output and changes it in place; an empty text takes it away.</summary>
    public void SetStatusLine(string text)
    {
        if (!IsTerminal)
            return;
        lock (_gate)
        {
            HideStatus();
            _statusLine = text;
            ShowStatus();
        }
    }

    private void HideStatus()
    {
        if (_statusLine.Length > 0 && _atLineStart)
            Console.Out.Write("\r\e[K");
    }

    private void ShowStatus()
    {
        // Not into the middle of a line that somebody is still writing, a prompt for example.
        if (_statusLine.Length > 0 && _atLineStart)
            Console.Out.Write(PSHostUserInterface.GetOutputString(_statusLine, supportsVirtualTerminal: true) + "\r");
    }

    private static int Window(Func<int> measure, int unknown)
    {
        if (Console.IsOutputRedirected)
            return unknown;
        try
        {
            return measure() is > 0 and var cells ? cells : unknown;
        }
        catch (IOException)
        {
            return unknown;
        }
    }
}
