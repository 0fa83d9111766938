namespace IotHubDsr.Shell.Terminals;

/// <summary>Answers of a person at a terminal, or lines of redirected input.</summary>
internal sealed class ConsoleInput(ConsoleOutput output)
{
    private readonly InterruptibleReader<ConsoleKeyInfo> _keys = new(() => Console.ReadKey(intercept: true));
    private readonly InterruptibleReader<string?> _lines = new(Console.In.ReadLine);
    private readonly List<string> _history = [];

    public static bool IsTerminal => !Console.IsInputRedirected;

    /// <summary>Reads a line, or nothing at the end of the input.</summary>
    /// <param name="promptColumns">How many columns of the current line the prompt has taken.</param>
    /// <param name="remember">Whether the arrow keys bring the line back, later.</param>
    /// <param name="interrupted">Gives up the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public string? ReadLine(int promptColumns, bool remember, CancellationToken interrupted)
    {
        if (!IsTerminal || !output.IsTerminal)
            return _lines.Read(interrupted);
        string? line = new LineEditor(() => _keys.Read(interrupted), output, promptColumns, _history).Read();
        if (remember && !string.IsNullOrWhiteSpace(line) && _history.LastOrDefault() != line)
            _history.Add(line);
        return line;
    }

    /// <summary>Reads a line that is not shown: its characters are handed out one by one and kept nowhere.</summary>
    /// <returns>False at the end of the input.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public bool ReadMasked(Action<char> append, Func<bool> removeLast, CancellationToken interrupted)
    {
        if (IsTerminal)
            return ReadMaskedKeys(append, removeLast, interrupted);
        string? line = _lines.Read(interrupted);
        foreach (char character in line ?? "")
            append(character);
        return line is not null;
    }

    private bool ReadMaskedKeys(Action<char> append, Func<bool> removeLast, CancellationToken interrupted)
    {
        while (true)
        {
            ConsoleKeyInfo key = _keys.Read(interrupted);
            switch (key)
            {
                case { Key: ConsoleKey.Enter }:
                    output.WriteLine("");
                    return true;
                case { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control }:
                    output.WriteLine("");
                    return false;
                case { Key: ConsoleKey.Backspace } when removeLast():
                    output.Write("\b \b");
                    break;
                case { KeyChar: var character } when !char.IsControl(character):
                    append(character);
                    output.Write("*");
                    break;
            }
        }
    }
}
