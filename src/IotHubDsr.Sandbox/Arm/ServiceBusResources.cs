using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.Messaging.ServiceBus;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Arm;

/// <summary>Microsoft.ServiceBus: namespaces, queues, topics, subscriptions with their rules, and authorization rules.</summary>
internal sealed class ServiceBusResources(WorldNames names, MessagingWorld world) : IArmProvider
{
    private const int PageSize = 2;
    private const string Queues = "queues";
    private const string Topics = "topics";
    private const string Subscriptions = "subscriptions";
    private const string FilterRules = "rules";

    private readonly MessagingDocuments _documents = new("Microsoft.ServiceBus");

    public IReadOnlyList<(string Method, string Path)> Types
    {
        get
        {
            string space = names.ServiceBusId;
            string[] owners = [space, $"{space}/{Queues}/any", $"{space}/{Topics}/any"];
            string rule = $"{MessagingDocuments.Rules}/any";
            return
            [
                .. owners.Select(owner => ("GET", owner)),
                .. owners.Select(owner => ("GET", $"{owner}/{rule}")),
                .. owners.Select(owner => ("POST", $"{owner}/{rule}/{MessagingDocuments.ListKeys}")),
                ("GET", $"{space}/{Topics}/any/{Subscriptions}/any"),
                ("GET", $"{space}/{Topics}/any/{Subscriptions}/any/{FilterRules}/any"),
            ];
        }
    }

    private IEnumerable<ServiceBusNamespace> Owned => world.Namespaces.OfType<ServiceBusNamespace>();

    public JsonNode? Find(string method, ArmPath path, string apiVersion)
    {
        if (Owner(path, out string[] rest) is not { } space)
            return null;

        if (rest is [] && method == "GET")
            return _documents.Namespace(space, world.CreatedAt);

        if (_documents.RuleOrKeys(method, space, space.ResourceId, "", rest) is { } rule)
            return rule;

        return rest switch
        {
            [var kind, var name, .. var below] when MessagingDocuments.Same(kind, Queues) && space.Queue(name) is { } queue => below is []
                ? method == "GET"
                    ? Describe(space, queue)
                    : null
                : _documents.RuleOrKeys(method, space, $"{space.ResourceId}/{Queues}/{queue.Path}", queue.Path, below, Queues),
            [var kind, var name, .. var below] when MessagingDocuments.Same(kind, Topics) && space.Topic(name) is { } topic => Find(
                method,
                space,
                topic,
                below
            ),
            _ => null,
        };
    }

    public (IReadOnlyList<JsonNode> Items, int PageSize)? List(ArmPath path, string apiVersion)
    {
        if (path.IsListOfScope && MessagingDocuments.Same($"{path.Provider}/{path.Type}", _documents.Type()))
            return ([.. Owned.Select(one => _documents.Namespace(one, world.CreatedAt))], PageSize);

        if (Owner(path, out string[] rest) is not { } space)
            return null;

        return rest switch
        {
            [var kind] when MessagingDocuments.Same(kind, Queues) => ([.. space.Queues.Select(queue => Describe(space, queue))], PageSize),
            [var kind] when MessagingDocuments.Same(kind, Topics) => ([.. space.Topics.Select(topic => Describe(space, topic))], PageSize),
            [var kind] when MessagingDocuments.Same(kind, MessagingDocuments.Rules) => (
                _documents.RulesOf(space, space.ResourceId, ""),
                PageSize
            ),
            [var kind, var name, var rules]
                when MessagingDocuments.Same(rules, MessagingDocuments.Rules) && space.Target(name) is { } entity => (
                _documents.RulesOf(space, $"{space.ResourceId}/{kind}/{entity.Path}", entity.Path, kind),
                PageSize
            ),
            [var kind, var name, var below] when MessagingDocuments.Same(kind, Topics) && space.Topic(name) is { } topic =>
                MessagingDocuments.Same(below, Subscriptions)
                    ? ([.. topic.Subscriptions.Select(subscription => Describe(space, topic, subscription))], PageSize)
                    : null,
            [var kind, var name, _, var one, var below]
                when MessagingDocuments.Same(kind, Topics)
                    && MessagingDocuments.Same(below, FilterRules)
                    && space.Topic(name) is { } topic
                    && topic.Find(one) is { } subscription => ([DescribeRule(space, topic, subscription)], PageSize),
            _ => null,
        };
    }

    private JsonNode? Find(string method, ServiceBusNamespace space, BusTopic topic, string[] below)
    {
        if (method == "GET" && below is [])
            return Describe(space, topic);

        if (_documents.RuleOrKeys(method, space, IdOf(space, topic), topic.Path, below, Topics) is { } rule)
            return rule;

        if (method != "GET" || below is not [var kind, var name, .. var rest] || !MessagingDocuments.Same(kind, Subscriptions))
            return null;

        return (topic.Find(name), rest) switch
        {
            ({ } subscription, []) => Describe(space, topic, subscription),
            ({ } subscription, [var rules, "$Default"]) when MessagingDocuments.Same(rules, FilterRules) => DescribeRule(
                space,
                topic,
                subscription
            ),
            _ => null,
        };
    }

    private static string IdOf(ServiceBusNamespace space, BusTopic topic) => $"{space.ResourceId}/{Topics}/{topic.Path}";

    private ServiceBusNamespace? Owner(ArmPath path, out string[] rest)
    {
        foreach (ServiceBusNamespace space in Owned)
        {
            if (MessagingDocuments.Same(path.Text, space.ResourceId))
            {
                rest = [];
                return space;
            }

            if (path.Text.StartsWith(space.ResourceId + "/", StringComparison.OrdinalIgnoreCase))
            {
                rest = path.Text[(space.ResourceId.Length + 1)..].Split('/');
                return space;
            }
        }

        rest = [];
        return null;
    }

    private JsonObject Describe(ServiceBusNamespace space, BusQueue queue)
    {
        JsonObject properties = PropertiesOf(queue);
        AddDuplicates(properties, queue.Options.DuplicateWindow);
        return _documents.Resource(space.ResourceId, Queues, queue.Path, properties, Queues);
    }

    private JsonObject Describe(ServiceBusNamespace space, BusTopic topic)
    {
        var properties = new JsonObject
        {
            ["defaultMessageTimeToLive"] = MessagingDocuments.Text(topic.TimeToLive),
            ["maxSizeInMegabytes"] = 1024,
            ["enablePartitioning"] = false,
            ["supportOrdering"] = true,
            ["subscriptionCount"] = topic.Subscriptions.Count(),
            ["countDetails"] = new JsonObject
            {
                ["activeMessageCount"] = 0,
                ["deadLetterMessageCount"] = 0,
                ["scheduledMessageCount"] = topic.Scheduled,
                ["transferMessageCount"] = 0,
                ["transferDeadLetterMessageCount"] = 0,
            },
            ["status"] = "Active",
            ["createdAt"] = MessagingDocuments.Text(world.CreatedAt),
            ["updatedAt"] = MessagingDocuments.Text(world.CreatedAt),
        };
        AddDuplicates(properties, topic.DuplicateWindow);
        return _documents.Resource(space.ResourceId, Topics, topic.Path, properties, Topics);
    }

    private JsonObject Describe(ServiceBusNamespace space, BusTopic topic, BusSubscription subscription) =>
        _documents.Resource(IdOf(space, topic), Subscriptions, subscription.Name, PropertiesOf(subscription.Queue), Topics, Subscriptions);

    private JsonObject DescribeRule(ServiceBusNamespace space, BusTopic topic, BusSubscription subscription)
    {
        (string type, string? expression, IReadOnlyDictionary<string, string> correlated) = subscription.Filter.Describe();
        var properties = new JsonObject { ["action"] = new JsonObject(), ["filterType"] = type };
        if (expression is not null)
        {
            properties["sqlFilter"] = new JsonObject { ["sqlExpression"] = expression, ["compatibilityLevel"] = 20 };
        }
        else
        {
            var filter = new JsonObject();
            foreach ((string name, string value) in correlated)
                filter[name] = value;

            properties["correlationFilter"] = new JsonObject { ["properties"] = filter };
        }

        string parent = $"{IdOf(space, topic)}/{Subscriptions}/{subscription.Name}";
        return _documents.Resource(parent, FilterRules, "$Default", properties, Topics, Subscriptions, FilterRules);
    }

    private JsonObject PropertiesOf(BusQueue queue)
    {
        IReadOnlyList<BusMessage> messages = queue.Messages;
        int scheduled = messages.Count(message => message.State == BusMessageState.Scheduled);
        var properties = new JsonObject
        {
            ["lockDuration"] = MessagingDocuments.Text(queue.Options.LockDuration),
            ["requiresSession"] = queue.Options.RequiresSession,
            ["defaultMessageTimeToLive"] = MessagingDocuments.Text(queue.Options.TimeToLive),
            ["deadLetteringOnMessageExpiration"] = queue.Options.DeadLettersOnExpiration,
            ["maxDeliveryCount"] = queue.Options.MaxDeliveryCount,
            ["enablePartitioning"] = queue.Options.IsPartitioned,
            ["enableBatchedOperations"] = true,
            ["maxSizeInMegabytes"] = 1024,
            ["status"] = "Active",
            ["messageCount"] = messages.Count + queue.DeadLetters!.Messages.Count,
            ["countDetails"] = new JsonObject
            {
                ["activeMessageCount"] = messages.Count - scheduled,
                ["deadLetterMessageCount"] = queue.DeadLetters.Messages.Count,
                ["scheduledMessageCount"] = scheduled,
                ["transferMessageCount"] = 0,
                ["transferDeadLetterMessageCount"] = queue.TransferDeadLetters!.Messages.Count,
            },
            ["createdAt"] = MessagingDocuments.Text(world.CreatedAt),
            ["updatedAt"] = MessagingDocuments.Text(world.CreatedAt),
        };
        if (queue.Options.ForwardTo is { } target)
            properties["forwardTo"] = target;

        if (queue.Options.ForwardDeadLettersTo is { } letters)
            properties["forwardDeadLetteredMessagesTo"] = letters;

        return properties;
    }

    private static void AddDuplicates(JsonObject properties, TimeSpan? window)
    {
        properties["requiresDuplicateDetection"] = window is not null;
        properties["duplicateDetectionHistoryTimeWindow"] = MessagingDocuments.Text(window ?? TimeSpan.FromMinutes(10));
    }
}
