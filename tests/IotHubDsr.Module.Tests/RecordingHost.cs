using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace IotHubDsr.Module.Tests;

/// <summary>A host without a screen: it remembers what it is told and answers as the test says.</summary>
internal sealed class RecordingHost : PSHost
{
    private readonly RecordingInterface _interface = new();

    /// <summary>What was written to the screen; what-if lines are among it.</summary>
    public IReadOnlyCollection<string> Lines => _interface.Lines;

    /// <summary>The questions that were asked.</summary>
    public IReadOnlyCollection<string> Questions => _interface.Questions;

    /// <summary>Gives the label of the choice to take, such as <c>No</c>, for a question.</summary>
    public Func<string, string> Answer
    {
        set => _interface.Answer = value;
    }

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "Tests";

    public override PSHostUserInterface UI => _interface;

    public override Version Version { get; } = new(1, 0);

    public override void EnterNestedPrompt() => throw new NotSupportedException();

    public override void ExitNestedPrompt() => throw new NotSupportedException();

    public override void NotifyBeginApplication() { }

    public override void NotifyEndApplication() { }

    public override void SetShouldExit(int exitCode) { }

    private sealed class RecordingInterface : PSHostUserInterface
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ConcurrentQueue<string> Questions { get; } = new();

        public Func<string, string> Answer { get; set; } = question => throw new InvalidOperationException($"Nobody answers: {question}");

        public override PSHostRawUserInterface? RawUI => null;

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        {
            Questions.Enqueue(message);
            string answer = Answer(message);
            int index = choices
                .Select(choice => choice.Label.Replace("&", string.Empty, StringComparison.Ordinal))
                .ToList()
                .IndexOf(answer);
            Assert.True(index >= 0, $"'{answer}' is not among the choices.");
            return index;
        }

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
            throw new NotSupportedException($"Nobody answers: {message} {string.Join(", ", descriptions.Select(field => field.Name))}");

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
            throw new NotSupportedException();

        public override PSCredential PromptForCredential(
            string caption,
            string message,
            string userName,
            string targetName,
            PSCredentialTypes allowed,
            PSCredentialUIOptions options
        ) => throw new NotSupportedException();

        public override string ReadLine() => throw new NotSupportedException();

        public override SecureString ReadLineAsSecureString() => throw new NotSupportedException();

        public override void Write(string value) => Lines.Enqueue(value);

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Lines.Enqueue(value);

        public override void WriteLine(string value) => Lines.Enqueue(value);

        // The other streams are read where the script is run.
        public override void WriteErrorLine(string value) { }

        public override void WriteDebugLine(string message) { }

        public override void WriteVerboseLine(string message) { }

        public override void WriteWarningLine(string message) { }

        public override void WriteProgress(long sourceId, ProgressRecord record) { }
    }
}
