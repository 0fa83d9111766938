using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using IotHubDsr.Isolation;

namespace IotHubDsr.Pipeline;

/// <summary>What every command does: pull the events of an operation, hand them to PowerShell's streams, and stop with it.</summary>
public abstract class DsrCommand : PSCmdlet, IDisposable
{
    private readonly object _gate = new();
    private readonly EventStreams _streams;
    private EventPump? _pump;
    private bool _stopping;

    private protected DsrCommand()
    {
        _streams = new EventStreams(this);
        Paths = new SessionPaths(this);
        Certificates = new SessionCertificates(this);
    }

    /// <summary>Ends the operation and waits until its workers have ended.</summary>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops the operation; the pipeline thread then joins its workers.</summary>
    protected override void StopProcessing()
    {
        lock (_gate)
        {
            _stopping = true;
            _pump?.Cancel();
        }
    }

    private protected static IDsrEngine Engine => CoreLoadContext.Engine;

    /// <summary>Paths as the session resolves them.</summary>
    internal SessionPaths Paths { get; }

    /// <summary>Certificates that parameters name.</summary>
    internal SessionCertificates Certificates { get; }

    /// <summary>Whether questions are answered without a prompt.</summary>
    private protected virtual bool IsForced => false;

    /// <summary>Whether the command line itself consents to what takes a consent of its own.</summary>
    private protected virtual bool GivesConsent => false;

    /// <summary>Runs an operation to its end.</summary>
    private protected void Run(Func<CancellationToken, IAsyncEnumerable<DsrEvent>> start)
    {
        Open(start);
        Drain();
        Close();
    }

    /// <summary>Runs an operation on one of several things to its end; its failure is reported, and the others continue.</summary>
    private protected void RunOne(Func<CancellationToken, IAsyncEnumerable<DsrEvent>> start)
    {
        Open(start);
        Guard(Pull, fault => WriteError(fault));
        Close();
    }

    /// <summary>Starts an operation.</summary>
    internal EventPump Open(Func<CancellationToken, IAsyncEnumerable<DsrEvent>> start)
    {
        var pump = new EventPump(start);
        lock (_gate)
        {
            _pump = pump;
            if (_stopping)
                pump.Cancel();
        }

        return pump;
    }

    /// <summary>Hands on the events of the operation until it ends.</summary>
    internal void Drain() => Guard(Pull);

    /// <summary>Hands on the events that are there already.</summary>
    internal void DrainAvailable() =>
        Guard(() =>
        {
            while (_pump?.TakeAvailable() is { } next)
                _streams.Write(next);
        });

    /// <summary>Ends the operation, whatever it is doing, and joins its workers.</summary>
    internal void Close()
    {
        EventPump? pump;
        lock (_gate)
        {
            pump = _pump;
            _pump = null;
        }

        pump?.Dispose();
    }

    /// <summary>Takes a result; by default it goes to the output stream.</summary>
    internal virtual void OnOutput(object value) => WriteObject(value);

    /// <summary>
    /// Whether the user agrees: <c>-Force</c> means "no prompt" and nothing else, and <c>-WhatIf</c> wins over it. What takes a consent of
    /// its own is asked regardless, unless the command line gives it.
    /// </summary>
    internal bool Approve(ConfirmationEvent question)
    {
        bool isAsked = MyInvocation.BoundParameters.ContainsKey("Confirm") || (question.NeedsConsent && !GivesConsent);
        if (IsForced && !isAsked && !IsWhatIf())
            return true;
        return question.IsChoice && Prompts() ? Choose(question) : ShouldProcess(question.Target, question.Action);
    }

    /// <summary>Whether a question of this command is asked at a prompt.</summary>
    private bool Prompts()
    {
        if (IsWhatIf())
            return false;
        return MyInvocation.BoundParameters.TryGetValue("Confirm", out object? bound)
            ? LanguagePrimitives.IsTrue(bound)
            : !(
                LanguagePrimitives.TryConvertTo(SessionState.PSVariable.GetValue("ConfirmPreference"), out ConfirmImpact preference)
                && preference is ConfirmImpact.None
            );
    }

    /// <summary>Asks beside PowerShell's confirmation, which remembers what was answered to all.</summary>
    private bool Choose(ConfirmationEvent question)
    {
        Collection<ChoiceDescription> choices =
        [
            new("&Yes", VisibleText.OfLine(question.Action)),
            new("&No", "Does the other of the two."),
        ];
        string text = $"{VisibleText.OfLine(question.Action)}: {VisibleText.OfLine(question.Target)}?";
        return Host.UI.PromptForChoice("Choose", text, choices, defaultChoice: 1) == 0;
    }

    /// <summary>
    /// Asks as PowerShell does. Names in the texts come from outside; none of them may drive the terminal that shows the question.
    /// </summary>
    private protected new bool ShouldProcess(string target, string action) =>
        base.ShouldProcess(VisibleText.OfLine(target), VisibleText.OfLine(action));

    internal bool IsWhatIf() =>
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? bound)
            ? LanguagePrimitives.IsTrue(bound)
            : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    /// <summary>The value of a parameter for a time, if it was given.</summary>
    internal DateTimeOffset? IfBound(string parameter, DateTimeOffset time) =>
        MyInvocation.BoundParameters.ContainsKey(parameter) ? time : null;

    /// <summary>Ends the command with a catalogued failure.</summary>
    internal void Throw(Fault fault) => ThrowTerminatingError(fault.ToErrorRecord());

    /// <summary>
    /// Turns the end of an operation by failure or by stop into what PowerShell expects; by default a failure ends the command.
    /// </summary>
    internal void Guard(Action action, Action<ErrorRecord>? onFailure = null)
    {
        try
        {
            action();
        }
        catch (DsrException exception)
        {
            _streams.Complete();
            (onFailure ?? ThrowTerminatingError)(exception.Fault.ToErrorRecord(exception));
        }
        catch (OperationCanceledException) when (_stopping)
        {
            throw new PipelineStoppedException();
        }
    }

    private void Pull()
    {
        while (_pump?.Take() is { } next)
            _streams.Write(next);
        _streams.Complete();
    }
}
