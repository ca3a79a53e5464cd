void zoo_stand_in(void);
void zoo_stand_in(void) {}
