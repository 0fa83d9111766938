using Azure.Core;

namespace IotHubDsr.Core.Azure;

/// <summary>The Azure RBAC action that an operation of Queue Storage requires.</summary>
internal static class QueueActions
{
    private const string Queues = "Microsoft.Storage/storageAccounts/queueServices/queues";

    public static string Of(Request request)
    {
        var uri = request.Uri.ToUri();
        bool reads = request.Method == RequestMethod.Get || request.Method == RequestMethod.Head;
        if (uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries) is not [_, "messages", ..])
            return $"{Queues}/{(reads ? "read" : "write")}";
        if (reads)
        {
            bool isLook = uri.Query.TrimStart('?').Split('&').Contains("peekonly=true", StringComparer.OrdinalIgnoreCase);
            return $"{Queues}/messages/{(isLook ? "read" : "process/action")}";
        }

        return $"{Queues}/messages/{(request.Method == RequestMethod.Delete ? "process/action" : "write")}";
    }
}
