using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Queues;

namespace IotHubDsr.Sandbox.Control;

/// <summary>Queues by the back door: a test sees their messages, also those that nobody can see, puts some and clears them.</summary>
internal sealed class ControlQueues(BlobStore store)
{
    private const int MostCopies = 100_000;

    public IReadOnlyList<ListedMessage> List(string account, string queue) =>
        [
            .. Find(account, queue)
                .Messages.Select(message => new ListedMessage(
                    message.Id,
                    message.Text,
                    message.DequeueCount,
                    message.Inserted,
                    message.Expires,
                    message.NextVisible
                )),
        ];

    public void Put(string account, string queue, MessageRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Copies, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Copies, MostCopies);
        StorageQueue target = Account(account).Queues.GetOrAdd(queue);
        TimeSpan? life = request.TimeToLiveSeconds switch
        {
            null => StorageQueue.DefaultTimeToLive,
            -1 => null,
            var seconds => TimeSpan.FromSeconds(seconds.Value),
        };
        for (int copy = 0; copy < request.Copies; copy++)
            target.Put(request.Text, life, TimeSpan.FromSeconds(request.InvisibleSeconds));
    }

    public void Clear(string account, string queue) => Find(account, queue).Clear();

    private BlobAccount Account(string name) =>
        store.TryGetAccount(name, out BlobAccount? account)
            ? account
            : throw new ArgumentException($"There is no storage account '{name}'.");

    private StorageQueue Find(string account, string queue) =>
        Account(account).Queues.TryGet(queue, out StorageQueue? found)
            ? found
            : throw new ArgumentException($"There is no queue '{account}/{queue}'.");
}
