using System.Management.Automation.Runspaces;

namespace IotHubDsr.Shell.CommandLine;

/// <summary>Turns the words after a script's name into parameters, as <c>pwsh -File</c> does.</summary>
internal static class ScriptArguments
{
    public static IReadOnlyList<CommandParameter> Parse(IEnumerable<string> words)
    {
        var parameters = new List<CommandParameter>();
        string? awaitingValue = null;
        foreach (string word in words)
        {
            if (awaitingValue is not null)
            {
                parameters.Add(new CommandParameter(awaitingValue, word));
                awaitingValue = null;
                continue;
            }

            int colon = word.IndexOf(':', StringComparison.Ordinal);
            if (word.Length < 2 || word[0] != '-')
                parameters.Add(new CommandParameter(null, word));
            else if (colon < 0)
                parameters.Add(new CommandParameter(word));
            else if (colon == word.Length - 1)
                awaitingValue = word[..colon];
            else
                parameters.Add(new CommandParameter(word[..colon], BooleanOrText(word[(colon + 1)..])));
        }

        return parameters;
    }

    // A word is always text to the binder, which takes no text for a switch: "-Force:$false" is only possible this way.
    private static object BooleanOrText(string text) =>
        bool.TryParse(text.StartsWith('$') ? text[1..] : text, out bool value) ? value : text;
}
