using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>
/// Has rows hidden from queries that are ordered to be purged. The service only marks them, and keeps them until it carries the purge out:
/// that is no erasure, and where it cannot be done nothing is lost but time.
/// </summary>
internal sealed class RowHiding(SinkCall call, PurgeClient client)
{
    private bool _isRefused;

    public async Task HideAsync(PurgeOrder order, CancellationToken cancellationToken)
    {
        if (_isRefused)
            return;
        try
        {
            HideAnswer answer = await client.HideAsync(order.Table, order.Filters, cancellationToken);
            _isRefused = answer == HideAnswer.TooMany;
            await NoteAsync(order, answer, cancellationToken);
        }
        catch (DsrException refused)
        {
            _isRefused = true;
            await call.NoteAsync(
                NoticeLevel.Warning,
                $"{call.Location}: rows that are ordered to be purged are not hidden meanwhile. {refused.Fault.Message}",
                cancellationToken
            );
        }
    }

    private ValueTask NoteAsync(PurgeOrder order, HideAnswer answer, CancellationToken cancellationToken)
    {
        string rows = $"{Counted.Of(order.Values.Sum(static value => value.Count), "row")} of the table {order.Table}";
        return answer switch
        {
            HideAnswer.Accepted => call.NoteAsync(
                NoticeLevel.Warning,
                $"{call.Location}: {rows} will be hidden from queries shortly. That is no erasure: they are kept until the purge is "
                    + "carried out.",
                cancellationToken
            ),
            HideAnswer.TooMany => call.NoteAsync(
                NoticeLevel.Warning,
                $"{call.Location}: {rows} that are ordered to be purged are not hidden yet, as the service hides rows no more than ten "
                    + "times an hour: Resume-IotDataRequest tries it again.",
                cancellationToken
            ),
            _ => call.NoteAsync(
                NoticeLevel.Warning,
                $"{call.Location}: the service could not hide {rows}; they are ordered to be purged all the same.",
                cancellationToken
            ),
        };
    }
}
