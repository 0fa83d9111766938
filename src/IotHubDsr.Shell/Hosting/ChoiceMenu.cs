using System.Management.Automation;
using System.Management.Automation.Host;

namespace IotHubDsr.Shell.Hosting;

/// <summary>The choices of a prompt: how they are shown, and which one an answer means.</summary>
internal sealed class ChoiceMenu(IReadOnlyList<ChoiceDescription> choices, IReadOnlyList<int> defaults)
{
    private readonly IReadOnlyList<Choice> _choices = [.. choices.Select(Choice.From)];

    public IReadOnlyList<int> Defaults => defaults;

    public string Question =>
        defaults.Count == 0 ? "" : $"(default is \"{string.Join(',', defaults.Select(index => _choices[index].ShortName))}\"): ";

    public string Line =>
        string.Concat(_choices.Select((choice, index) => Shown(choice, isDefault: defaults.Contains(index)))) + "[?] Help ";

    public IEnumerable<string> Help() => _choices.Select(choice => $"{choice.ShortName} - {choice.HelpMessage}");

    public int? Picked(string answer)
    {
        for (int index = 0; index < _choices.Count; index++)
        {
            if (_choices[index].IsMeantBy(answer))
                return index;
        }

        return null;
    }

    private static string Shown(Choice choice, bool isDefault)
    {
        PSStyle style = PSStyle.Instance;
        return (isDefault ? style.Foreground.Yellow : style.Bold) + $"[{choice.HotKey}] {choice.Label}" + style.Reset + "  ";
    }

    /// <param name="HotKey">The character after the ampersand, or nothing.</param>
    /// <param name="Label">The label without the ampersand.</param>
    /// <param name="HelpMessage">What the choice does.</param>
    private sealed record Choice(string HotKey, string Label, string HelpMessage)
    {
        public string ShortName => HotKey.Length > 0 ? HotKey : Label;

        public static Choice From(ChoiceDescription description)
        {
            int ampersand = description.Label.IndexOf('&', StringComparison.Ordinal);
            string hotKey = ampersand >= 0 && ampersand + 1 < description.Label.Length
                ? description.Label.Substring(ampersand + 1, 1).Trim().ToUpperInvariant()
                : "";
            string label = ampersand < 0 ? description.Label : description.Label.Remove(ampersand, 1);
            return new Choice(hotKey, label.Trim(), description.HelpMessage);
        }

        public bool IsMeantBy(string answer) =>
            answer.Length > 0
            && (string.Equals(answer, Label, StringComparison.OrdinalIgnoreCase)
                || string.Equals(answer, HotKey, StringComparison.OrdinalIgnoreCase));
    }
}
