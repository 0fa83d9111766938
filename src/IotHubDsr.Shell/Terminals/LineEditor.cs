using System.Globalization;
using System.Text;

namespace IotHubDsr.Shell.Terminals;

/// <summary>
/// Edits one line of input on a terminal. The console's own line input keeps what was typed before an interruption and
/// puts it before the next line, so that it cannot be used with Ctrl-C.
/// </summary>
internal sealed class LineEditor(Func<ConsoleKeyInfo> readKey, ConsoleOutput output, int promptColumns, IReadOnlyList<string> history)
{
    private readonly StringBuilder _text = new();
    private int _cursor;
    private int _shownRow;
    private int _historyIndex = history.Count;

    /// <summary>Reads up to Enter; nothing when the user ends the input (Ctrl-D on an empty line).</summary>
    public string? Read()
    {
        while (true)
        {
            ConsoleKeyInfo key = readKey();
            if (key.Key == ConsoleKey.Enter)
                return Finish(_text.ToString());
            if (key is { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control } && _text.Length == 0)
                return Finish(null);
            if (Edit(key))
                Show();
        }
    }

    private string? Finish(string? line)
    {
        _cursor = _text.Length;
        Show();
        output.WriteLine("");
        return line;
    }

    private bool Edit(ConsoleKeyInfo key)
    {
        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.Backspace when _cursor > 0:
                _text.Remove(--_cursor, 1);
                return true;
            case ConsoleKey.Delete when _cursor < _text.Length:
                _text.Remove(_cursor, 1);
                return true;
            case ConsoleKey.LeftArrow:
                return MoveTo(_cursor - 1);
            case ConsoleKey.RightArrow:
                return MoveTo(_cursor + 1);
            case ConsoleKey.Home:
            case ConsoleKey.A when control:
                return MoveTo(0);
            case ConsoleKey.End:
            case ConsoleKey.E when control:
                return MoveTo(_text.Length);
            case ConsoleKey.U when control:
                return Replace("");
            case ConsoleKey.UpArrow:
                return Recall(_historyIndex - 1);
            case ConsoleKey.DownArrow:
                return Recall(_historyIndex + 1);
            default:
                return Insert(key.KeyChar);
        }
    }

    private bool Insert(char character)
    {
        if (char.IsControl(character))
            return false;
        _text.Insert(_cursor++, character);
        return true;
    }

    private bool MoveTo(int position)
    {
        if (position < 0 || position > _text.Length)
            return false;
        _cursor = position;
        return true;
    }

    private bool Replace(string text)
    {
        _text.Clear().Append(text);
        _cursor = text.Length;
        return true;
    }

    private bool Recall(int index)
    {
        if (index < 0 || index > history.Count)
            return false;
        _historyIndex = index;
        return Replace(index == history.Count ? "" : history[index]);
    }

    private void Show()
    {
        int width = ConsoleOutput.Width;
        int start = promptColumns % width;
        var frame = new StringBuilder();
        if (_shownRow > 0)
            frame.Append(CultureInfo.InvariantCulture, $"\e[{_shownRow}A");
        frame.Append(CultureInfo.InvariantCulture, $"\e[{start + 1}G\e[J").Append(_text);

        // A terminal wraps only when the next character comes; the blank makes it do so now.
        int end = start + _text.Length;
        if (_text.Length > 0 && end % width == 0)
            frame.Append(" \r");
        int target = start + _cursor;
        if (end / width > target / width)
            frame.Append(CultureInfo.InvariantCulture, $"\e[{(end / width) - (target / width)}A");
        frame.Append(CultureInfo.InvariantCulture, $"\e[{(target % width) + 1}G");
        _shownRow = target / width;
        output.Write(frame.ToString());
    }
}
