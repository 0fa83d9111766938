using System.Globalization;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>Reports when the hub's pace makes a person wait, for what and until when.</summary>
/// <param name="pace">SKU, units and share in words.</param>
/// <param name="time">The clock.</param>
internal sealed class PaceNotices(string pace, TimeProvider time)
{
    /// <summary>Nobody notices a shorter wait.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Those who wait side by side do not each get a line.</summary>
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly Dictionary<HubOperationClass, DateTimeOffset> _nextLine = [];
    private readonly Dictionary<HubOperationClass, int> _waiting = [];

    /// <summary>Reports the start of a wait; false if it is too short to report.</summary>
    /// <param name="operation">What waits.</param>
    /// <param name="perSecond">Its pace.</param>
    /// <param name="wait">How long.</param>
    /// <param name="isFirst">Whether none was told for the same caller before: it ends once.</param>
    public bool Tell(HubOperationClass operation, double perSecond, TimeSpan wait, bool isFirst)
    {
        if (wait < Shortest)
            return false;
        DateTimeOffset now = time.GetLocalNow();
        bool isLine;
        lock (_gate)
        {
            _waiting[operation] = _waiting.GetValueOrDefault(operation) + (isFirst ? 1 : 0);
            isLine = now >= _nextLine.GetValueOrDefault(operation);
            if (isLine)
                _nextLine[operation] = now + BetweenLines;
        }

        string until = (now + wait).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        string rate =
            perSecond >= 1
                ? FormattableString.Invariant($"{perSecond:0.#} a second")
                : FormattableString.Invariant($"{perSecond * 60:0.#} a minute");
        string what = $"{NameOf(operation)}, {rate} ({pace})";
        OperationNotices.Send(new ProgressEvent(KeyOf(operation), "Waiting for the hub's pace", $"Until {until}: {what}"));
        if (isLine)
            OperationNotices.Send(NoticeLevel.Verbose, $"Waiting until {until} for the hub's pace: {what}.");
        return true;
    }

    /// <summary>Removes the wait from the screen when nobody is waiting any more.</summary>
    public void End(HubOperationClass operation)
    {
        lock (_gate)
        {
            _waiting[operation]--;
            if (_waiting[operation] > 0)
                return;
        }

        OperationNotices.Send(new ProgressEvent(KeyOf(operation), "Waiting for the hub's pace", "Continuing", Completed: true));
    }

    private static string KeyOf(HubOperationClass operation) => $"pace {operation}";

    private static string NameOf(HubOperationClass operation) =>
        operation switch
        {
            HubOperationClass.Registry => "registry operations",
            HubOperationClass.TwinRead => "twin reads",
            HubOperationClass.Query => "queries",
            HubOperationClass.CloudToDevice => "cloud-to-device operations",
            HubOperationClass.Jobs => "operations on jobs",
            HubOperationClass.Configurations => "operations on configurations",
            _ => operation.ToString(),
        };
}
