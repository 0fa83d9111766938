namespace IotHubDsr.Pipeline;

/// <summary>Hands the events of an operation to PowerShell's streams, and answers its questions.</summary>
internal sealed class EventStreams(DsrCommand command)
{
    private ProgressReporter? _progress;

    public void Write(DsrEvent next)
    {
        switch (next)
        {
            case IOutputEvent output:
                command.OnOutput(output.Value);
                break;
            case ConfirmationEvent question:
                question.Answer(command.Approve(question));
                break;
            case FaultEvent fault:
                command.WriteError(fault.Fault.ToErrorRecord());
                break;
            case NoticeEvent { Level: NoticeLevel.Warning } notice:
                command.WriteWarning(VisibleText.OfLine(notice.Text));
                break;
            case NoticeEvent { Level: NoticeLevel.Verbose } notice:
                command.WriteVerbose(VisibleText.OfLine(notice.Text));
                break;
            case NoticeEvent notice:
                command.WriteDebug(VisibleText.OfLine(notice.Text));
                break;
            case ProgressEvent progress:
                _progress ??= new ProgressReporter(command.MyInvocation.MyCommand.Name, command.WriteProgress, TimeProvider.System);
                _progress.Show(progress);
                break;
        }
    }

    /// <summary>Takes the progress off the screen.</summary>
    public void Complete() => _progress?.Complete();
}
