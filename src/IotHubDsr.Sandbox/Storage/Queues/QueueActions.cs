using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.Storage.Authorization;

namespace IotHubDsr.Sandbox.Storage.Queues;

/// <summary>What each operation of the queue service takes: actions, of which one is enough, or the letters of a signature.</summary>
internal static class QueueActions
{
    private const string Service = "Microsoft.Storage/storageAccounts/queueServices";
    private const string Queues = $"{Service}/queues";

    public static AzureAction[] Of(string method, QueueTarget target)
    {
        bool reads = method is "GET" or "HEAD";
        return (target, Comp(target)) switch
        {
            ({ Queue: null }, "list") => [Control($"{Queues}/read")],
            ({ Queue: null }, _) => [Control($"{Service}/{(reads ? "read" : "write")}")],
            ({ IsOfMessages: false }, _) =>
            [
                Control(
                    reads ? $"{Queues}/read"
                    : method == "DELETE" ? $"{Queues}/delete"
                    : $"{Queues}/write"
                ),
            ],
            ({ Message: null }, _) => method switch
            {
                "POST" => [Data("add/action"), Data("write")],
                "GET" when IsPeek(target) => [Data("read")],
                "GET" => [Data("process/action")],
                _ => [Data("delete")],
            },
            _ => method == "DELETE" ? [Data("delete"), Data("process/action")] : [Data("write")],
        };
    }

    public static SignedOperation Signed(string method, QueueTarget target)
    {
        bool reads = method is "GET" or "HEAD";
        if (target.Queue is null)
        {
            return new(
                's',
                Comp(target) == "list" ? "l"
                    : reads ? "r"
                    : "w",
                NeedsAccount: true
            );
        }

        return target switch
        {
            { IsOfMessages: false } when reads => new('c', "r"),
            { IsOfMessages: false } => new('c', method == "DELETE" ? "d" : "cw", NeedsAccount: true),
            { Message: null } when method == "GET" => new('o', IsPeek(target) ? "r" : "p"),
            { Message: null } when method == "POST" => new('o', "a"),
            { Message: null } => new('o', "d", NeedsAccount: true),
            _ => new('o', method == "DELETE" ? "p" : "u"),
        };
    }

    public static bool IsPeek(QueueTarget target) =>
        "true".Equals(target.Signed.Query.GetValueOrDefault("peekonly"), StringComparison.OrdinalIgnoreCase);

    private static string? Comp(QueueTarget target) => target.Signed.Query.GetValueOrDefault("comp")?.ToLowerInvariant();

    private static AzureAction Control(string name) => new(name, IsData: false);

    private static AzureAction Data(string verb) => new($"{Queues}/messages/{verb}", IsData: true);
}
