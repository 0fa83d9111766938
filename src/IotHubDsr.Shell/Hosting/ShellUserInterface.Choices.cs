using System.Collections.ObjectModel;
using System.Management.Automation.Host;

namespace IotHubDsr.Shell.Hosting;

/// <content>Choices, as for a confirmation.</content>
internal sealed partial class ShellUserInterface : IHostUISupportsMultipleChoiceSelection
{
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        prompts.EnsureSomebodyAnswers();
        WriteHeading(caption, message);
        var menu = new ChoiceMenu(choices, defaultChoice < 0 ? [] : [defaultChoice]);
        while (true)
        {
            string answer = prompts.ReadLine(menu.Line + menu.Question).Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
                return defaultChoice;
            if (answer == "?")
                WriteLines(menu.Help());
            else if (menu.Picked(answer) is { } picked)
                return picked;
        }
    }

    public Collection<int> PromptForChoice(
        string? caption, string? message, Collection<ChoiceDescription> choices, IEnumerable<int>? defaultChoices)
    {
        prompts.EnsureSomebodyAnswers();
        WriteHeading(caption, message);
        var menu = new ChoiceMenu(choices, [.. defaultChoices ?? []]);
        output.WriteLine(menu.Line);
        var picked = new Collection<int>();
        while (true)
        {
            string answer = prompts.ReadLine($"Choice[{picked.Count}]: ").Trim();
            if (answer.Length == 0)
                return picked.Count > 0 ? picked : new Collection<int>([.. menu.Defaults]);
            if (answer == "?")
                WriteLines(menu.Help());
            else if (menu.Picked(answer) is { } choice)
                picked.Add(choice);
        }
    }

    private void WriteLines(IEnumerable<string> lines)
    {
        foreach (string line in lines)
            output.WriteLine(line);
    }
}
