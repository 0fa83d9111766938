using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using IotHubDsr.Isolation;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Completion;

/// <summary>
/// Completes arguments from what an operation of the engine gives. It never fails and never takes long: then there is nothing to offer.
/// </summary>
public abstract class DsrCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters
    )
    {
        string begun = wordToComplete.Trim('\'', '"');
        try
        {
            return
            [
                .. CandidatesOf(new BoundSoFar(fakeBoundParameters))
                    .Where(candidate => candidate.Text.StartsWith(begun, StringComparison.OrdinalIgnoreCase))
                    .DistinctBy(candidate => candidate.Text, StringComparer.Ordinal)
                    .Select(ToResult),
            ];
        }
        catch (Exception exception) when (exception is DsrException or RuntimeException or OperationCanceledException)
        {
            return [];
        }
    }

    /// <summary>What can be completed to, by the parameters that are there already.</summary>
    private protected abstract IEnumerable<Candidate> CandidatesOf(BoundSoFar bound);

    /// <summary>The results of an operation, as far as they come in time.</summary>
    private protected static IReadOnlyList<T> Read<T>(Func<IDsrEngine, CancellationToken, IAsyncEnumerable<DsrEvent>> start)
    {
        var found = new List<T>();
        using var patience = new CancellationTokenSource(Patience);
        using var pump = new EventPump(cancellationToken => start(CoreLoadContext.Engine, cancellationToken));
        using CancellationTokenRegistration registration = patience.Token.Register(pump.Cancel);
        try
        {
            while (pump.Take() is { } next)
            {
                if (next is IOutputEvent { Value: T value })
                    found.Add(value);
            }
        }
        catch (OperationCanceledException)
        {
            // What came in time is offered.
        }

        return found;
    }

    /// <summary>The requests of the store that is named; of them, the one that is named.</summary>
    private protected static IReadOnlyList<DataRequest> RequestsOf(BoundSoFar bound, string? requestId = null)
    {
        var query = new DataRequestQuery
        {
            Context = bound.Context,
            Store = bound.Store,
            RequestIds = requestId is null ? [] : [requestId],
        };
        return Read<DataRequest>((engine, cancellationToken) => engine.GetRequestsAsync(query, cancellationToken));
    }

    private static CompletionResult ToResult(Candidate candidate)
    {
        bool isPlain =
            candidate.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '/') && !char.IsAsciiDigit(candidate.Text[0]);
        string text = isPlain ? candidate.Text : $"'{CodeGeneration.EscapeSingleQuotedStringContent(candidate.Text)}'";
        string shown = VisibleText.OfLine(candidate.Text);
        return new CompletionResult(
            text,
            shown,
            CompletionResultType.ParameterValue,
            candidate.Tip.Length == 0 ? shown : VisibleText.OfLine(candidate.Tip)
        );
    }

    /// <param name="Text">The argument.</param>
    /// <param name="Tip">What it stands for.</param>
    private protected sealed record Candidate(string Text, string Tip);
}
