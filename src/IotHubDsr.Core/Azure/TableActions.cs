using Azure.Core;

namespace IotHubDsr.Core.Azure;

/// <summary>The Azure RBAC action that an operation of Table Storage requires.</summary>
internal static class TableActions
{
    private const string Tables = "Microsoft.Storage/storageAccounts/tableServices/tables";

    public static string Of(Request request)
    {
        string path = request.Uri.ToUri().AbsolutePath.Trim('/');
        string verb =
            request.Method == RequestMethod.Get || request.Method == RequestMethod.Head ? "read"
            : request.Method == RequestMethod.Delete ? "delete"
            : "write";
        bool isOfTables = path.Equals("Tables", StringComparison.Ordinal) || path.StartsWith("Tables(", StringComparison.Ordinal);
        return isOfTables ? $"{Tables}/{verb}" : $"{Tables}/entities/{verb}";
    }
}
