using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using IotHubDsr.Isolation;

namespace IotHubDsr.Pipeline;

/// <summary>What every command does: pull the events of an operation, hand them to PowerShell's streams, and stop with it.</summary>
public abstract partial class DsrCommand : PSCmdlet, IDisposable
{
    private readonly object _gate = new();
    private ProgressReporter? _progress;
    private EventPump? _pump;
    private bool _stopping;
    private Action<object>? _take;

    /// <summary>Ends the operation and waits until its workers have ended.</summary>
    public void Dispose()
    {
        CloseOperation();
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

    /// <summary>Runs an operation to its end.</summary>
    private protected void Run(Func<CancellationToken, IAsyncEnumerable<DsrEvent>> start)
    {
        Open(start);
        Drain();
        CloseOperation();
    }

    /// <summary>Runs an operation on one of several things to its end; its failure is reported, and the others continue.</summary>
    private protected void RunOne(Func<CancellationToken, IAsyncEnumerable<DsrEvent>> start)
    {
        Open(start);
        Guard(Pull, fault => WriteError(fault));
        CloseOperation();
    }

    /// <summary>Runs an operation whose result the command needs itself; null if it failed, which is reported.</summary>
    private protected T? Ask<T>(Func<CancellationToken, IAsyncEnumerable<DsrEvent>> start)
        where T : class
    {
        T? answer = null;
        _take = value => answer = (T)value;
        try
        {
            RunOne(start);
        }
        finally
        {
            _take = null;
        }

        return answer;
    }

    /// <summary>Starts an operation.</summary>
    private protected EventPump Open(Func<CancellationToken, IAsyncEnumerable<DsrEvent>> start)
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
    private protected void Drain() => Guard(Pull);

    /// <summary>Hands on the events that are there already.</summary>
    private protected void DrainAvailable() =>
        Guard(() =>
        {
            while (_pump?.TakeAvailable() is { } next)
                Write(next);
        });

    /// <summary>Whether questions are answered without a prompt.</summary>
    private protected virtual bool IsForced => false;

    /// <summary>Takes a result; by default it goes to the output stream.</summary>
    private protected virtual void OnOutput(object value) => WriteObject(value);

    /// <summary>A request store as it was named, with the full path of a folder.</summary>
    private protected string? StorePath(string? store)
    {
        if (store is null || store.Contains("://", StringComparison.Ordinal))
            return store;

        // As a folder it would be made, and the evidence of an erasure would stay on the machine that happened to run it.
        if (StorageHost().IsMatch(store))
            ThrowFault(FaultCatalogue.InvalidRequestStore.For(store));
        return FilePath(store);
    }

    /// <summary>
    /// The full path of a file or folder; a terminating error where the session's location, or a drive, is none of the file system.
    /// </summary>
    [return: NotNullIfNotNull(nameof(path))]
    private protected string? FilePath(string? path)
    {
        if (path is null)
            return null;
        string full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        if (!string.Equals(provider.Name, "FileSystem", StringComparison.OrdinalIgnoreCase))
            ThrowFault(FaultCatalogue.PathNotOfFile.For(path, $"an item of the PowerShell provider {provider.Name}"));
        return full;
    }

    [GeneratedRegex(@"^[a-z0-9]{3,24}\.(blob|dfs)\.", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StorageHost();

    /// <summary>
    /// Asks as PowerShell does. Names in the texts come from outside; none of them may drive the terminal that shows the question.
    /// </summary>
    private protected new bool ShouldProcess(string target, string action) =>
        base.ShouldProcess(VisibleText.OfLine(target), VisibleText.OfLine(action));

    private protected void ThrowFault(Fault fault) => ThrowTerminatingError(fault.ToErrorRecord());

    /// <summary>Loads a certificate that a parameter names; a terminating error when there is none.</summary>
    private protected X509Certificate2 LoadCertificate(X509CertificateSource source, SecureString? password)
    {
        X509Certificate2? certificate = null;
        Guard(() => certificate = X509CertificateReader.Load(source, password, path => FilePath(path)));
        return certificate!;
    }

    /// <summary>Loads certificates of which only the public part is needed.</summary>
    private protected IReadOnlyList<X509Certificate2> LoadCertificates(IEnumerable<X509CertificateSource> sources) =>
        [.. sources.Select(source => LoadCertificate(source, password: null))];

    /// <summary>Who runs the command. Kept by the command, since a private key may ask for its owner each time that it is loaded.</summary>
    private protected Performer PerformerOf(string? name, X509CertificateSource? source, SecureString? password) =>
        new() { Name = name, SigningCertificate = source is null ? null : LoadCertificate(source, password) };

    /// <summary>Whether the user agrees: <c>-Force</c> means "no prompt" and nothing else, and <c>-WhatIf</c> wins over it.</summary>
    private protected bool Approve(bool force, string target, string action)
    {
        bool asked = MyInvocation.BoundParameters.ContainsKey("Confirm");
        return (force && !asked && !IsWhatIf()) || ShouldProcess(target, action);
    }

    /// <summary>Starts the command as a job. A job cannot ask.</summary>
    /// <param name="asks">Whether the command asks by default.</param>
    /// <param name="parameters">What the job is given besides what was given to this command; null takes a parameter away.</param>
    private protected void StartJob(bool asks, params (string Name, object? Value)[] parameters)
    {
        bool isConfirmed = MyInvocation.BoundParameters.TryGetValue("Confirm", out object? confirm);
        bool isForced = MyInvocation.BoundParameters.TryGetValue("Force", out object? force) && LanguagePrimitives.IsTrue(force);
        if (!IsWhatIf() && (isConfirmed ? LanguagePrimitives.IsTrue(confirm) : asks && !isForced))
            ThrowFault(FaultCatalogue.JobCannotAsk.For(MyInvocation.MyCommand.Name));
        Hashtable given = BackgroundJob.ParametersOf(this, IsWhatIf());
        foreach ((string name, object? value) in parameters)
        {
            given.Remove(name);
            if (value is not null)
                given[name] = value;
        }

        WriteObject(BackgroundJob.Start(this, given), enumerateCollection: true);
    }

    private protected bool IsWhatIf() =>
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? bound)
            ? LanguagePrimitives.IsTrue(bound)
            : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    private void Write(DsrEvent next)
    {
        switch (next)
        {
            case IOutputEvent output:
                (_take ?? OnOutput)(output.Value);
                break;
            case ConfirmationEvent question:
                question.Answer(Approve(IsForced, question.Target, question.Action));
                break;
            case FaultEvent fault:
                WriteError(fault.Fault.ToErrorRecord());
                break;
            case NoticeEvent { Level: NoticeLevel.Warning } notice:
                WriteWarning(VisibleText.OfLine(notice.Text));
                break;
            case NoticeEvent { Level: NoticeLevel.Verbose } notice:
                WriteVerbose(VisibleText.OfLine(notice.Text));
                break;
            case NoticeEvent notice:
                WriteDebug(VisibleText.OfLine(notice.Text));
                break;
            case ProgressEvent progress:
                _progress ??= new ProgressReporter(MyInvocation.MyCommand.Name, WriteProgress, TimeProvider.System);
                _progress.Show(progress);
                break;
        }
    }

    private void Pull()
    {
        while (_pump?.Take() is { } next)
            Write(next);
        _progress?.Complete();
    }

    /// <summary>
    /// Turns the end of an operation by failure or by stop into what PowerShell expects; by default a failure ends the command.
    /// </summary>
    private void Guard(Action action, Action<ErrorRecord>? onFailure = null)
    {
        try
        {
            action();
        }
        catch (DsrException exception)
        {
            _progress?.Complete();
            (onFailure ?? ThrowTerminatingError)(exception.Fault.ToErrorRecord(exception));
        }
        catch (OperationCanceledException) when (_stopping)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Ends the operation, whatever it is doing, and joins its workers.</summary>
    private protected void CloseOperation()
    {
        EventPump? pump;
        lock (_gate)
        {
            pump = _pump;
            _pump = null;
        }

        pump?.Dispose();
    }
}
