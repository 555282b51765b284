// The same for: az deployment group create --parameters infra/azure/main.bicepparam. Reads the variables of env/.env.dev from the environment.
using 'main.bicep'

param name = readEnvironmentVariable('RESOURCE_NAME', 'rapport')
param location = readEnvironmentVariable('AZURE_LOCATION')
param image = readEnvironmentVariable('IMAGE', 'none')
param charters = readEnvironmentVariable('CHARTERS', 'none')
param publicHost = readEnvironmentVariable('CUSTOM_HOST', 'none')
param administratorAddress = readEnvironmentVariable('ADMINISTRATOR_ADDRESS', 'none')
param databaseAdminObjectId = readEnvironmentVariable('DATABASE_ADMIN_OBJECT_ID')
param databaseAdminName = readEnvironmentVariable('DATABASE_ADMIN_NAME')
param teamsAppId = readEnvironmentVariable('TEAMS_APP_ID', 'none')
param mailboxes = readEnvironmentVariable('MAILBOXES', 'contacts')
param crisisMail = readEnvironmentVariable('CRISIS_MAIL', 'none')
param outOfScopeMailbox = readEnvironmentVariable('OUT_OF_SCOPE_MAILBOX', 'none')
param adminObjectIds = readEnvironmentVariable('ADMIN_OBJECT_IDS', 'none')
