using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;
using IotHubDsr.Shell.Terminals;

namespace IotHubDsr.Shell.Hosting;

/// <summary>Asks one question of whoever is at the other end, and never waits where nobody can answer.</summary>
internal sealed class PromptReader(ConsoleInput input, ConsoleOutput output, bool nonInteractive, Func<CancellationToken> interrupted)
{
    /// <summary>Throws if an answer cannot come. Called before a prompt writes anything.</summary>
    public void EnsureSomebodyAnswers()
    {
        if (nonInteractive)
            throw new PSInvalidOperationException(
                "PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.");
    }

    public string ReadLine(string prompt)
    {
        EnsureSomebodyAnswers();
        output.Write(prompt);
        int columns = new StringDecorated(prompt).ContentLength;
        string? answer = Answered(() => input.ReadLine(columns, remember: false, interrupted()));
        EndUnechoedLine();
        return answer ?? throw EndOfInput();
    }

    public SecureString ReadSecureLine(string prompt)
    {
        EnsureSomebodyAnswers();
        output.Write(prompt);
        var secret = new SecureString();
        bool answered = Answered(() => input.ReadMasked(secret.AppendChar, () => RemoveLast(secret), interrupted()));
        EndUnechoedLine();
        if (!answered)
        {
            secret.Dispose();
            throw EndOfInput();
        }

        secret.MakeReadOnly();
        return secret;
    }

    private static bool RemoveLast(SecureString secret)
    {
        if (secret.Length == 0)
            return false;
        secret.RemoveAt(secret.Length - 1);
        return true;
    }

    // At a terminal, the Enter of the answer has ended the line.
    private void EndUnechoedLine()
    {
        if (!output.AtLineStart)
            output.WriteLine("");
    }

    private T Answered<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (OperationCanceledException)
        {
            output.WriteLine("");
            throw new PipelineStoppedException();
        }
    }

    private static PromptingException EndOfInput() => new(
        "A prompt could not be answered: standard input has ended.", null, "PromptWithoutInput", ErrorCategory.ResourceUnavailable);
}
