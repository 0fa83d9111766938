using IotHubDsr.Core.Azure.Queues;

namespace IotHubDsr.Core.Sinks.StorageQueues;

/// <summary>The messages of devices that are asked for, whole, as long as they are not too much to hold.</summary>
internal sealed class KeptMessages
{
    private const int MostBytes = 16 * 1024 * 1024;

    private readonly Dictionary<string, QueuedMessage> _messages = new(StringComparer.Ordinal);
    private long _bytes;
    private bool _isBeyond;

    /// <summary>All that were added and not removed; null when they were too much.</summary>
    public IReadOnlyCollection<QueuedMessage>? All => _isBeyond ? null : _messages.Values;

    public void Add(QueuedMessage message)
    {
        _bytes += message.Text.Length;
        _isBeyond |= _bytes > MostBytes;
        if (_isBeyond)
            _messages.Clear();
        else
            _messages[message.Id] = message;
    }

    public void Remove(string id)
    {
        if (_messages.Remove(id, out QueuedMessage? message))
            _bytes -= message.Text.Length;
    }
}
