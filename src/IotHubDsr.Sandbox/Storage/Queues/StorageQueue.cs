using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Queues;

/// <summary>A queue and its messages; times are those of the world.</summary>
internal sealed class StorageQueue(string name, IReadOnlyDictionary<string, string> metadata, StampClock clock)
{
    public static readonly TimeSpan DefaultTimeToLive = TimeSpan.FromDays(7);

    /// <summary>What the service shows of a message that never expires.</summary>
    public static readonly DateTimeOffset Never = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, QueueMessage> _byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedSet<QueueMessage> _inOrder = new(QueueMessage.ByPlace);
    private readonly SortedSet<QueueMessage> _byExpiry = new(QueueMessage.ByExpiry);
    private readonly long _created = clock.Now.UtcTicks;
    private long _numbers;

    public string Name => name;

    public IReadOnlyDictionary<string, string> Metadata { get; set; } = metadata;

    /// <summary>All messages that have not expired, whether they can be seen or not.</summary>
    public IReadOnlyList<QueueMessage> Messages
    {
        get
        {
            lock (_lock)
            {
                RemoveExpired();
                return [.. _inOrder];
            }
        }
    }

    /// <summary>Puts a message at the end.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="timeToLive">Null: for ever.</param>
    /// <param name="invisible">How long nobody sees it.</param>
    public QueueMessage Put(string text, TimeSpan? timeToLive, TimeSpan invisible)
    {
        lock (_lock)
        {
            DateTimeOffset now = clock.Now;
            long number = ++_numbers;
            // The ID follows from the queue and the place in it: two worlds of one seed are equal.
            byte[] hash = SHA256.HashData(
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}/{_created}/{number}"))
            );
            string id = new Guid(hash.AsSpan(0, 16)).ToString();
            DateTimeOffset expires = timeToLive is { } life ? now + life : Never;
            var message = new QueueMessage(id, text, number, now, expires) { NextVisible = now + invisible, PopReceipt = NewReceipt(now) };
            Add(message);
            return message;
        }
    }

    public IReadOnlyList<QueueMessage> Peek(int most)
    {
        lock (_lock)
        {
            RemoveExpired();
            return [.. Visible(most)];
        }
    }

    /// <summary>Takes messages from the front: nobody else sees them until the time is over.</summary>
    public IReadOnlyList<QueueMessage> Take(int most, TimeSpan invisible)
    {
        lock (_lock)
        {
            RemoveExpired();
            DateTimeOffset now = clock.Now;
            List<QueueMessage> taken =
            [
                .. Visible(most)
                    .Select(message =>
                        message with
                        {
                            NextVisible = now + invisible,
                            PopReceipt = NewReceipt(now),
                            DequeueCount = message.DequeueCount + 1,
                        }
                    ),
            ];
            taken.ForEach(Replace);
            return taken;
        }
    }

    /// <summary>Changes when a taken message is visible again and, if there is one, its text.</summary>
    public QueueMessage Update(string id, string popReceipt, TimeSpan invisible, string? text)
    {
        lock (_lock)
        {
            QueueMessage message = Find(id, popReceipt);
            DateTimeOffset visible = clock.Now + invisible;
            if (visible > message.Expires)
            {
                throw StorageErrors.OutOfRangeParameter(
                    "visibilitytimeout",
                    ((long)invisible.TotalSeconds).ToString(CultureInfo.InvariantCulture)
                );
            }

            QueueMessage updated = message with { NextVisible = visible, PopReceipt = NewReceipt(visible), Text = text ?? message.Text };
            Replace(updated);
            return updated;
        }
    }

    public void Delete(string id, string popReceipt)
    {
        lock (_lock)
            Remove(Find(id, popReceipt));
    }

    public void Clear()
    {
        lock (_lock)
        {
            _byId.Clear();
            _inOrder.Clear();
            _byExpiry.Clear();
        }
    }

    private string NewReceipt(DateTimeOffset time) =>
        Convert.ToBase64String(
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{time:dMMMyyyyHH:mm:ss}{clock.Next():x}"))
        );

    private IEnumerable<QueueMessage> Visible(int most)
    {
        DateTimeOffset now = clock.Now;
        return _inOrder.TakeWhile(message => message.NextVisible <= now).Take(most);
    }

    private QueueMessage Find(string id, string popReceipt)
    {
        RemoveExpired();
        QueueMessage message = _byId.GetValueOrDefault(id) ?? throw new StorageException(QueueErrors.MessageNotFound);
        return message.PopReceipt == popReceipt ? message : throw new StorageException(QueueErrors.PopReceiptMismatch);
    }

    private void RemoveExpired()
    {
        DateTimeOffset now = clock.Now;
        while (_byExpiry.Min is { } first && first.Expires <= now)
            Remove(first);
    }

    private void Add(QueueMessage message)
    {
        _byId.Add(message.Id, message);
        _inOrder.Add(message);
        _byExpiry.Add(message);
    }

    private void Replace(QueueMessage message)
    {
        Remove(_byId[message.Id]);
        Add(message);
    }

    private void Remove(QueueMessage message)
    {
        _byId.Remove(message.Id);
        _inOrder.Remove(message);
        _byExpiry.Remove(message);
    }
}
